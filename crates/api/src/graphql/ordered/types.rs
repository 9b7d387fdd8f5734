//! The schema as a small table: which field has which type, what may stand behind an abstract type, which
//! fields page. Built once at start from the schema's own text, read by the guard and by the ordered writer.

use async_graphql::{ObjectType, SDLExportOptions, Schema, SubscriptionType};
use async_graphql_parser::{
    Positioned, parse_schema,
    types::{BaseType, FieldDefinition, ServiceDocument, Type, TypeKind, TypeSystemDefinition},
};
use async_graphql_value::{ConstValue, Name};
use foldhash::{HashMap, HashMapExt};

/// The engine leaves the introspection types out of its schema text; they are fixed by the specification.
const INTROSPECTION: &str = include_str!("introspection.graphql");

/// The schema's text could not be read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TypeTableError {
    /// The text the engine exported is not a schema document.
    #[error("the exported schema does not parse")]
    Parse(#[source] async_graphql_parser::Error),
    /// A field, a root or a union names a type that is not in the text.
    #[error("the exported schema names an unknown type {0}")]
    UnknownType(String),
}

/// A type's place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeId(usize);

/// What sort of type it is, as far as answering goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Scalars and enums: no fields below.
    Leaf,
    /// An object type.
    Object,
    /// An interface or a union: the object type is known only when the answer is.
    Abstract,
}

/// One field of an object or interface type.
#[derive(Debug)]
pub struct FieldInfo {
    /// The named type below all lists.
    pub of: TypeId,
    /// From the outermost wrapping inwards, whether null is allowed; one more entry than there are lists.
    pub nullable: Box<[bool]>,
    /// Set when the field takes `first` or `last`: the page size used when neither is given, if the schema
    /// names one.
    pub paging: Option<Option<u64>>,
}

impl FieldInfo {
    /// True when the field gives a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.nullable.len() > 1
    }
}

#[derive(Debug)]
struct TypeInfo {
    name: Box<str>,
    kind: Kind,
    fields: HashMap<Box<str>, FieldInfo>,
    /// For an abstract type, its object types; empty for the rest.
    possible: Vec<TypeId>,
    /// True when a paged field gives this type, so that its lists are as long as the page.
    is_page: bool,
}

/// The schema's types by name and place.
#[derive(Debug)]
pub struct TypeTable {
    types: Vec<TypeInfo>,
    by_name: HashMap<Box<str>, TypeId>,
    query: TypeId,
    mutation: Option<TypeId>,
    subscription: Option<TypeId>,
}

impl TypeTable {
    /// Reads the table off a schema.
    ///
    /// # Errors
    /// [`TypeTableError`] when the engine's schema text cannot be read back; a fault in the schema's code.
    pub fn of_schema<Q, M, S>(schema: &Schema<Q, M, S>) -> Result<Self, TypeTableError>
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        Self::parse(&schema.sdl_with_options(SDLExportOptions::new()))
    }

    /// Reads the table off a schema document.
    ///
    /// # Errors
    /// See [`TypeTableError`].
    pub fn parse(sdl: &str) -> Result<Self, TypeTableError> {
        let introspection = parse_schema(INTROSPECTION).map_err(TypeTableError::Parse)?;
        let document = parse_schema(sdl).map_err(TypeTableError::Parse)?;
        let mut table = Self::names(&[&introspection, &document]);
        let mut implementers: HashMap<Box<str>, Vec<TypeId>> = HashMap::new();
        for definition in introspection.definitions.iter().chain(&document.definitions) {
            table.define(definition, &mut implementers)?;
        }
        for (name, possible) in implementers {
            if let Some(info) = table.by_name.get(&name).and_then(|id| table.types.get_mut(id.0)) {
                info.possible.extend(possible);
            }
        }
        table.add_meta_fields()?;
        table.mark_pages();
        Ok(table)
    }

    fn names(documents: &[&ServiceDocument]) -> Self {
        let mut table =
            Self { types: Vec::new(), by_name: HashMap::new(), query: TypeId(0), mutation: None, subscription: None };
        for scalar in ["Int", "Float", "String", "Boolean", "ID"] {
            table.name(scalar, Kind::Leaf);
        }
        for definition in documents.iter().flat_map(|document| &document.definitions) {
            if let TypeSystemDefinition::Type(ty) = definition {
                let kind = match ty.node.kind {
                    TypeKind::Object(_) => Kind::Object,
                    TypeKind::Interface(_) | TypeKind::Union(_) => Kind::Abstract,
                    TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => Kind::Leaf,
                };
                table.name(&ty.node.name.node, kind);
            }
        }
        table
    }

    fn name(&mut self, name: &str, kind: Kind) {
        if self.by_name.contains_key(name) {
            return;
        }
        self.by_name.insert(name.into(), TypeId(self.types.len()));
        self.types.push(TypeInfo {
            name: name.into(),
            kind,
            fields: HashMap::new(),
            possible: Vec::new(),
            is_page: false,
        });
    }

    fn define(
        &mut self,
        definition: &TypeSystemDefinition,
        implementers: &mut HashMap<Box<str>, Vec<TypeId>>,
    ) -> Result<(), TypeTableError> {
        let ty = match definition {
            TypeSystemDefinition::Schema(schema) => {
                let root = |name: Option<&Positioned<Name>>| name.map(|name| self.require(&name.node)).transpose();
                let query = root(schema.node.query.as_ref())?;
                let mutation = root(schema.node.mutation.as_ref())?;
                let subscription = root(schema.node.subscription.as_ref())?;
                self.query = query.unwrap_or(self.query);
                self.mutation = mutation;
                self.subscription = subscription;
                return Ok(());
            }
            TypeSystemDefinition::Directive(_) => return Ok(()),
            TypeSystemDefinition::Type(ty) => &ty.node,
        };
        let id = self.require(&ty.name.node)?;
        let fields = match &ty.kind {
            TypeKind::Object(object) => {
                for interface in &object.implements {
                    implementers.entry(interface.node.as_str().into()).or_default().push(id);
                }
                &object.fields
            }
            TypeKind::Interface(interface) => &interface.fields,
            TypeKind::Union(union) => {
                let members =
                    union.members.iter().map(|member| self.require(&member.node)).collect::<Result<Vec<_>, _>>()?;
                implementers.entry(ty.name.node.as_str().into()).or_default().extend(members);
                return Ok(());
            }
            TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => return Ok(()),
        };
        for field in fields {
            let info = self.field_info(&field.node)?;
            if let Some(ty) = self.types.get_mut(id.0) {
                ty.fields.insert(field.node.name.node.as_str().into(), info);
            }
        }
        Ok(())
    }

    fn field_info(&self, field: &FieldDefinition) -> Result<FieldInfo, TypeTableError> {
        let mut nullable = Vec::new();
        let name = unwrap_type(&field.ty.node, &mut nullable);
        let mut paging = None;
        for argument in &field.arguments {
            if matches!(argument.node.name.node.as_str(), "first" | "last") {
                let default = match argument.node.default_value.as_ref().map(|value| &value.node) {
                    Some(ConstValue::Number(number)) => number.as_u64(),
                    _ => None,
                };
                paging = Some(paging.flatten().or(default));
            }
        }
        Ok(FieldInfo { of: self.require(name)?, nullable: nullable.into(), paging })
    }

    /// `__schema` and `__type` stand on the query root of every schema; the engine does not export them.
    fn add_meta_fields(&mut self) -> Result<(), TypeTableError> {
        let schema = FieldInfo { of: self.require("__Schema")?, nullable: [false].into(), paging: None };
        let ty = FieldInfo { of: self.require("__Type")?, nullable: [true].into(), paging: None };
        if let Some(query) = self.types.get_mut(self.query.0) {
            query.fields.insert("__schema".into(), schema);
            query.fields.insert("__type".into(), ty);
        }
        Ok(())
    }

    fn mark_pages(&mut self) {
        let pages: Vec<TypeId> = self
            .types
            .iter()
            .flat_map(|ty| ty.fields.values())
            .filter(|field| field.paging.is_some() && !field.is_list())
            .map(|field| field.of)
            .collect();
        for id in pages {
            if let Some(ty) = self.types.get_mut(id.0) {
                ty.is_page = ty.kind == Kind::Object;
            }
        }
    }

    fn require(&self, name: &str) -> Result<TypeId, TypeTableError> {
        self.lookup(name).ok_or_else(|| TypeTableError::UnknownType(name.to_owned()))
    }

    fn get(&self, id: TypeId) -> Option<&TypeInfo> {
        self.types.get(id.0)
    }

    /// The type of a name, if the schema has one.
    #[must_use]
    pub fn lookup(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// The name of a type.
    #[must_use]
    pub fn name_of(&self, id: TypeId) -> &str {
        self.get(id).map_or("", |ty| &ty.name)
    }

    /// The sort of a type.
    #[must_use]
    pub fn kind(&self, id: TypeId) -> Kind {
        self.get(id).map_or(Kind::Leaf, |ty| ty.kind)
    }

    /// A field of a type; `None` also for `__typename`, which every type has.
    #[must_use]
    pub fn field(&self, parent: TypeId, name: &str) -> Option<&FieldInfo> {
        self.get(parent)?.fields.get(name)
    }

    /// True when lists directly below this type are as long as the page that was asked for.
    #[must_use]
    pub fn is_page(&self, id: TypeId) -> bool {
        self.get(id).is_some_and(|ty| ty.is_page)
    }

    /// True when a fragment on `condition` applies to an object of type `concrete`.
    #[must_use]
    pub fn applies(&self, condition: TypeId, concrete: TypeId) -> bool {
        condition == concrete || self.get(condition).is_some_and(|ty| ty.possible.contains(&concrete))
    }

    /// The query root.
    #[must_use]
    pub fn query(&self) -> TypeId {
        self.query
    }

    /// The mutation root, if there is one.
    #[must_use]
    pub fn mutation(&self) -> Option<TypeId> {
        self.mutation
    }

    /// The subscription root, if there is one.
    #[must_use]
    pub fn subscription(&self) -> Option<TypeId> {
        self.subscription
    }
}

fn unwrap_type<'t>(ty: &'t Type, nullable: &mut Vec<bool>) -> &'t str {
    nullable.push(ty.nullable);
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => unwrap_type(inner, nullable),
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, TypeTable};

    #[test]
    fn the_sketch_of_our_kind_of_schema_reads_into_the_table() {
        let table = TypeTable::parse(
            r#"
            interface Node { id: ID! }
            type Article implements Node { id: ID! related(first: Int = 5): [Article!]! tags: [String]! }
            type Page { nodes: [Article!]! total: Int! }
            union Hit = Article | Gone
            type Gone { path: String! }
            type Query { node(id: ID!): Node articles(first: Int, after: String): Page! hit: Hit }
            schema { query: Query }
            "#,
        )
        .unwrap();
        let article = table.lookup("Article").unwrap();
        let node = table.lookup("Node").unwrap();
        let hit = table.lookup("Hit").unwrap();
        assert_eq!(table.kind(node), Kind::Abstract);
        assert!(table.applies(node, article) && table.applies(hit, article));
        assert!(!table.applies(node, table.lookup("Gone").unwrap()));
        assert!(table.is_page(table.lookup("Page").unwrap()) && !table.is_page(article));
        let related = table.field(article, "related").unwrap();
        assert_eq!((related.is_list(), related.paging), (true, Some(Some(5))));
        assert_eq!(&*table.field(article, "tags").unwrap().nullable, [false, true]);
        assert!(table.field(table.query(), "__schema").is_some());
        assert!(table.mutation().is_none());
    }
}
