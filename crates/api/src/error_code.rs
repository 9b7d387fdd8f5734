//! The closed list of error codes every door of the API answers with.
//!
//! A code is a promise to the client's programmer: it never changes its meaning and each one is explained in
//! `docs/errors.md`. GraphQL answers carry it in `errors[].extensions.code`, every other answer in the `code`
//! member of a problem document (RFC 9457). Nothing outside this list may be sent.

use http::StatusCode;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident => $name:literal, $status:ident, $message:literal;)*) => {
        /// What went wrong, as a name a program can match on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code, in the order of `docs/errors.md`.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status of an answer that consists of this error alone.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// The fixed sentence for people; it never quotes the request.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }
        }
    };
}

error_codes! {
    /// The request is not a well-formed GraphQL-over-HTTP request.
    BadRequest => "BAD_REQUEST", BAD_REQUEST, "The request is malformed.";
    /// No such address.
    RouteNotFound => "ROUTE_NOT_FOUND", NOT_FOUND, "There is nothing at this address.";
    /// The method is not offered at this address.
    MethodNotAllowed => "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "This method is not allowed here.";
    /// Nothing in `Accept` can be produced.
    NotAcceptable => "NOT_ACCEPTABLE", NOT_ACCEPTABLE, "None of the accepted media types can be produced.";
    /// The body has a media type or a content coding that is not understood.
    UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json, without a content coding.";
    /// A multipart request that a foreign page could have sent.
    CsrfPrevented => "CSRF_PREVENTED", BAD_REQUEST, "A multipart request needs the header GraphQL-Require-Preflight.";
    /// The body is larger than the limit.
    PayloadTooLarge => "PAYLOAD_TOO_LARGE", PAYLOAD_TOO_LARGE, "The request body is too large.";
    /// The address is longer than the limit.
    UriTooLong => "URI_TOO_LONG", URI_TOO_LONG, "The request address is too long.";
    /// Too many or too large header fields.
    HeadersTooLarge => "HEADERS_TOO_LARGE", REQUEST_HEADER_FIELDS_TOO_LARGE, "The request header is too large.";
    /// The body did not arrive in time.
    RequestTimeout => "REQUEST_TIMEOUT", REQUEST_TIMEOUT, "The request body did not arrive in time.";
    /// An array of requests.
    BatchingDisabled => "BATCHING_DISABLED", BAD_REQUEST, "Send one operation a request; arrays of requests are not accepted.";
    /// A document that was sent by its hash and is not known.
    PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND", BAD_REQUEST, "PersistedQueryNotFound";
    /// Documents cannot be sent by their hash.
    PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED", BAD_REQUEST, "PersistedQueryNotSupported";
    /// A document with the hash of another.
    PersistedQueryHashMismatch => "PERSISTED_QUERY_HASH_MISMATCH", BAD_REQUEST, "provided sha does not match query";
    /// A document that is not registered, from somebody who may ask for no others.
    OperationNotRegistered => "OPERATION_NOT_REGISTERED", FORBIDDEN, "This caller may ask for registered operations only; have this document registered, to the byte as it is sent.";
    /// The document is not GraphQL.
    GraphqlParseFailed => "GRAPHQL_PARSE_FAILED", BAD_REQUEST, "The document could not be parsed.";
    /// The document does not fit the schema.
    GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED", BAD_REQUEST, "The document does not fit the schema.";
    /// The document is too long.
    QueryTooLarge => "QUERY_TOO_LARGE", BAD_REQUEST, "The document is too long.";
    /// The document is nested too deep.
    QueryTooDeep => "QUERY_TOO_DEEP", BAD_REQUEST, "The document is nested too deep.";
    /// The document would cost too much to answer.
    QueryTooComplex => "QUERY_TOO_COMPLEX", BAD_REQUEST, "The document would cost too much to answer.";
    /// The document has too many aliases.
    TooManyAliases => "TOO_MANY_ALIASES", BAD_REQUEST, "The document has too many aliases.";
    /// The document has too many directives.
    TooManyDirectives => "TOO_MANY_DIRECTIVES", BAD_REQUEST, "The document has too many directives.";
    /// The document repeats an operation that may stand in it once.
    TooManyOperations => "TOO_MANY_OPERATIONS", BAD_REQUEST, "The document repeats an operation that is allowed once a request.";
    /// Introspection is closed for this caller.
    IntrospectionDisabled => "INTROSPECTION_DISABLED", BAD_REQUEST, "Introspection is closed on this server.";
    /// An argument has a value that can never be right.
    BadUserInput => "BAD_USER_INPUT", BAD_REQUEST, "An argument has a value that is not allowed.";
    /// A cursor that this list did not hand out.
    InvalidCursor => "INVALID_CURSOR", BAD_REQUEST, "The cursor does not belong to this list.";
    /// The credentials are missing, wrong or no longer valid.
    Unauthenticated => "UNAUTHENTICATED", UNAUTHORIZED, "The credentials are missing or not valid.";
    /// A refresh token was used a second time.
    RefreshReused => "REFRESH_REUSED", UNAUTHORIZED, "This refresh token was used before; sign in again.";
    /// A preview token that shows nothing.
    PreviewInvalid => "PREVIEW_INVALID", UNAUTHORIZED, "The preview token is not valid, has expired or was taken back.";
    /// The caller is known and may not do this.
    Forbidden => "FORBIDDEN", FORBIDDEN, "The caller may not do this.";
    /// The object is absent or not visible to the caller.
    NotFound => "NOT_FOUND", NOT_FOUND, "No such object.";
    /// The object changed since it was read, or the name is taken.
    Conflict => "CONFLICT", CONFLICT, "The object changed in the meantime, or the name is taken.";
    /// An idempotency key that was sent with another request.
    IdempotencyMismatch => "IDEMPOTENCY_MISMATCH", UNPROCESSABLE_ENTITY, "This Idempotency-Key was sent with another request before; take a new key.";
    /// The first request with an idempotency key has no answer yet.
    IdempotencyInProgress => "IDEMPOTENCY_IN_PROGRESS", CONFLICT, "The request with this Idempotency-Key is still running; ask again shortly.";
    /// What was asked with an idempotency key was done, and the answer is gone.
    IdempotencyUnknown => "IDEMPOTENCY_UNKNOWN", CONFLICT, "What was asked with this Idempotency-Key was done, wholly or in part, but its answer is lost; read the thing before trying again with a new key.";
    /// Too many requests or attempts.
    RateLimited => "RATE_LIMITED", TOO_MANY_REQUESTS, "Too many requests; wait and try again.";
    /// The server is at its limit.
    Overloaded => "OVERLOADED", SERVICE_UNAVAILABLE, "The server is busy; try again shortly.";
    /// Something the server needs is away.
    Unavailable => "UNAVAILABLE", SERVICE_UNAVAILABLE, "The service is not available at the moment.";
    /// The answer took too long.
    Timeout => "TIMEOUT", GATEWAY_TIMEOUT, "The operation took too long.";
    /// A fault of ours.
    Internal => "INTERNAL", INTERNAL_SERVER_ERROR, "Something went wrong on our side.";
}

impl ErrorCode {
    /// Finds a code by its name on the wire.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// True when the fault is the server's: such an error never shows more than its fixed message.
    #[must_use]
    pub fn is_server_fault(self) -> bool {
        self.status().is_server_error()
    }

    /// True when an answer without data takes this error's status instead of 200, because proxies, retry
    /// policies and sign-in flows act on the status and not on the body.
    #[must_use]
    pub fn governs_status(self) -> bool {
        matches!(
            self,
            Self::BadUserInput
                | Self::InvalidCursor
                | Self::Unauthenticated
                | Self::RefreshReused
                | Self::PreviewInvalid
                | Self::Forbidden
                | Self::IdempotencyMismatch
                | Self::IdempotencyInProgress
                | Self::IdempotencyUnknown
                | Self::RateLimited
                | Self::Overloaded
                | Self::Unavailable
                | Self::Timeout
                | Self::Internal
        )
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    const DOCS: &str = include_str!("../../../docs/errors.md");

    #[test]
    fn every_code_is_documented_and_nothing_else_is() {
        let documented: Vec<&str> = DOCS.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        let known: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(documented, known, "docs/errors.md and ErrorCode list the same codes in the same order");
    }

    #[test]
    fn every_documented_code_names_its_status_and_has_a_paragraph() {
        for code in ErrorCode::ALL {
            let start = DOCS.find(&format!("### {code}\n")).unwrap();
            let section = DOCS[start..].split("\n### ").next().unwrap();
            assert!(section.contains(&format!("HTTP {}.", code.status().as_u16())), "{code} names its status");
            assert!(section.len() > 120, "{code} is explained");
        }
    }

    #[test]
    fn a_code_is_found_by_its_wire_name_only() {
        assert_eq!(ErrorCode::parse("TIMEOUT"), Some(ErrorCode::Timeout));
        assert_eq!(ErrorCode::parse("timeout"), None);
        let names: std::collections::HashSet<_> = ErrorCode::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(names.len(), ErrorCode::ALL.len());
    }
}
