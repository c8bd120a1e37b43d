//! Presence of users (RFC 3856): what devices publish (RFC 3903), and what is made of it and of
//! what the server knows itself.

mod composer;
mod publications;

pub(crate) use composer::{Facts, compose};
pub(crate) use publications::{Granted, PublicationRefusal, Publications, Request};

/// The event package (RFC 3856 6.1).
pub(crate) const PRESENCE_PACKAGE: &str = "presence";
