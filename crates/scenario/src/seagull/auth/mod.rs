//! The methods of Seagull's `lib_crypto`: `crypto_method`, which makes a digest `Authorization`
//! value, and `crypto_method_radius`.
//!
//! `crypto_method` gets the expanded `format` of a `set-value` action, for example
//! `username=joe;password=secret;auth=Digest realm="r", nonce="n";method=REGISTER;uri=sip:r`,
//! and writes the credentials. Every value is taken and written octet by octet.
//!
//! # What differs from Seagull
//!
//! - Seagull takes a parameter from the first place where its name and `=` stand, which may be
//!   inside the value of another one. Here a name counts at the start of the text and after `;`
//!   and blanks only. So the order of Seagull's manual works, with `auth` before the rest.
//! - A binary key may hold any octet, `;` and NUL too: its length is known. A `;` in a quoted
//!   value of the challenge does not end `auth`.
//! - A quoted value of the challenge reaches to its closing quote; Seagull cuts it at a comma, and
//!   apart from the realm at a blank.
//! - Keys that stand in the format as `0x…` text are taken as numbers, which is how Seagull's
//!   manual shows them. Seagull takes 16 characters of the text as the key.
//! - `aka_opc` can be given in place of `aka_op`.
//! - Beside MD5 and AKAv1-MD5: SHA-256, SHA-512-256, their `-sess` forms (RFC 8760 2.1) and
//!   AKAv2-MD5 (RFC 4169). Seagull fails the call at all of these.
//! - [`AuthSettings`] holds what changes an answer that Seagull would give.

mod method;
mod parameters;

pub use gannet_ua::aka::AkaPassword;
pub use method::{AuthMethodError, AuthSettings, authorization, crypto_method_radius};
