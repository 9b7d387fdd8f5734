//! How large a body may be, and why.
//!
//! The figures stand far above real articles (the longest of a 219-post archive has 300 blocks and 60 KB
//! of text) and far below what would make one article a burden for every reader of it.

/// Blocks in one body. A live blog of a whole election night stays under 2,000.
pub const BLOCKS_MAX: usize = 5_000;

/// Levels of lists in lists. Readers lose track after four; eight is what word processors offer.
pub const NESTING_MAX: usize = 8;

/// Bytes of all text, addresses and captions together: a long novel, and the JSON door's own limit.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// Spans, list items, table cells and gallery items in all. Each costs memory even when it is empty, so
/// a small JSON of empty cells must not become a large body.
pub const PARTS_MAX: usize = 100_000;

/// Rows of one table, the header included. Longer ones belong in a download.
pub const TABLE_ROWS_MAX: usize = 200;

/// Columns of one table: the fifty states, and the end of what any screen shows.
pub const TABLE_COLUMNS_MAX: usize = 50;

/// Bytes of one address. Browsers take more, servers rarely do; longer ones are tracking payloads.
pub const URL_BYTES_MAX: usize = 4_096;

/// Bytes of one heading anchor.
pub const ANCHOR_BYTES_MAX: usize = 128;

/// Bytes of one block key.
pub const KEY_BYTES_MAX: usize = 32;

/// Bytes of a short name: the type of a raw block, the language of code, the provider of an embed.
pub const NAME_BYTES_MAX: usize = 64;
