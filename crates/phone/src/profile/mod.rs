//! Device models: what they are made of, reading them, and giving messages their look.
//!
//! A profile file is TOML. Every key is listed in one table ([`setting_names`]); an unknown key, or
//! one that does not work yet, is an error with its place. `inherits = "name"` takes everything
//! else from another profile.

mod calls;
mod defaults;
mod dial_plan;
mod dress;
mod header_order;
mod identifiers;
mod incoming;
mod keys;
pub mod learn;
mod library;
mod lines;
mod model;
mod pattern;
mod quirks;
mod read;
mod styles;
mod template;
mod value;
mod ways;

pub use calls::{
    CheckSync, ConferenceStyle, DtmfStyle, EventStyle, FeatureNumbers, GlareStyle, HangUp,
    HoldForm, OutgoingStyle, RtpStyle, TargetForm, TransferPolicy, TransferStyle,
};
pub use dial_plan::{DialPlan, Dialled};
pub(crate) use dress::ProfileDress;
pub use header_order::HeaderOrder;
pub(crate) use identifiers::ProfileIdentifiers;
pub use incoming::{AnswerTrigger, CallerSource, IncomingStyle};
pub use keys::{Unsupported, setting_names, unsupported_settings};
pub use library::{ProfileError, ProfileLibrary};
pub use lines::LineStyle;
pub use model::{
    AddressStyle, BackoffKind, BootRemoval, CompactNames, FlowStyle, GruuUse, IdentifierStyle,
    Identity, InstanceStyle, Lists, MessageStyle, MwiStyle, Profile, RegistrationStyle,
    ReliabilityStyle, Reliable, ResponseIdentity, SessionNumbers, SessionStyle, TextStyle,
    UriTransport,
};
pub use pattern::Pattern;
pub use quirks::{Quirk, Quirks};
pub use template::Template;
pub(crate) use template::{Facts, mac_digits};
pub use ways::{NatStyle, TransportStyle};
