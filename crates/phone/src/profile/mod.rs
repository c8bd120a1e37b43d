//! Device models: what they are made of, reading them, and giving messages their look.
//!
//! A profile file is TOML. Every key is listed in one table ([`setting_names`]); an unknown key, or
//! one that does not work yet, is an error with its place. `inherits = "name"` takes everything
//! else from another profile.

mod defaults;
mod dress;
mod header_order;
mod identifiers;
mod keys;
pub mod learn;
mod library;
mod model;
mod pattern;
mod read;
mod styles;
mod template;
mod value;

pub(crate) use dress::ProfileDress;
pub use header_order::HeaderOrder;
pub(crate) use identifiers::ProfileIdentifiers;
pub use keys::setting_names;
pub use library::{ProfileError, ProfileLibrary};
pub use model::{
    AddressStyle, BackoffKind, CompactNames, FlowStyle, GruuUse, HangUp, HoldForm, IdentifierStyle,
    Identity, IncomingStyle, InstanceStyle, Lists, MessageStyle, MwiStyle, NatStyle, Profile,
    RegistrationStyle, ReliabilityStyle, Reliable, ResponseIdentity, SessionStyle, TargetForm,
    TextStyle, TransferPolicy, TransferStyle,
};
pub use pattern::Pattern;
pub use template::Template;
pub(crate) use template::{Facts, mac_digits};
