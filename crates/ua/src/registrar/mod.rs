//! The location service and the rules by which a registrar changes it: RFC 3261 10.3, with the
//! flows of RFC 5626 and the paths of RFC 3327.
//!
//! Everything works on plain values, since reading header fields is the caller's work, as are
//! authentication, authorization and the question whether the address-of-record exists
//! (RFC 3261 10.3 steps 1 to 5).
//!
//! ```
//! use std::time::Instant;
//! use gannet_ua::registrar::{Location, LocationPolicy, RegisterRequest, RequestedContact};
//!
//! let now = Instant::now();
//! let mut location = Location::new(LocationPolicy::default());
//! let contacts = [RequestedContact::new("sip:alice@192.0.2.1:5060")];
//! let request = RegisterRequest {
//!     aor: "sip:alice@example.com",
//!     call_id: "a84b4c76e66710",
//!     cseq: 1,
//!     contacts: &contacts,
//!     expires: Some(600),
//!     ..RegisterRequest::default()
//! };
//! let bindings = location.update(now, &request, &|a: &str, b: &str| a == b).unwrap();
//! assert_eq!(bindings[0].expires_in(now), 600);
//! ```

mod binding;
mod event;
mod location;
mod plan;
mod policy;
mod refusal;
mod request;
mod target;

pub use binding::{Binding, Q, Source};
pub use event::{BindingChange, LocationEvent};
pub use location::Location;
pub use policy::{LocationPolicy, Overflow};
pub use refusal::RegisterRefusal;
pub use request::{ContactEquality, RegisterRequest, RequestedContact};
