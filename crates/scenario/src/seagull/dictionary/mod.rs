//! Seagull's dictionaries: what the messages of a text protocol look like.
//!
//! What Seagull's own files say is in `SEAGULL.md` 4. Two attributes are Gannet's own and change
//! nothing in files that do not have them:
//!
//! | element | attribute | meaning |
//! | --- | --- | --- |
//! | `fielddef` in `header` | `header="Via"`, `nth="2"` or `nth="last"` | the value of a SIP header field by its name (RFC 3261 7.3), compact names and folding understood; without `nth` the first one. Written when it is absent as `Via: value` in a line of its own, unless `format` says otherwise |
//! | `fielddef` | `part="whole"` | the whole header or the whole body |

mod field;
mod library;
mod messages;
mod methods;
mod parameters;
mod pattern;
mod protocol;

pub use library::Filter;
pub use parameters::Parameter;
pub use protocol::Dictionary;

pub(super) use pattern::pattern;
pub(super) use protocol::compile;
