//! One module for each table, as sea-orm wants it. Nothing here leaves this crate.

/// Declares an entity: the table's name and its columns.
macro_rules! table {
    ($module:ident $table:literal { $($(#[$meta:meta])* $column:ident: $type:ty,)+ }) => {
        #[allow(unreachable_pub, reason = "sea-orm's derives write `pub`")]
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model { $($(#[$meta])* pub $column: $type,)+ }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}

            crate::placed::row!(Model { $($column: $type,)+ });
        }
    };
}

mod articles;
mod door;
mod identity;
mod library;
mod log;

pub(crate) use articles::*;
pub(crate) use door::*;
pub(crate) use identity::*;
pub(crate) use library::*;
pub(crate) use log::*;
