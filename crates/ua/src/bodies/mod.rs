//! Bodies that events carry, as typed values: presence (PIDF, RFC 3863, with the person and the
//! activities of RFC 4479 and RFC 4480) and dialogs (RFC 4235).
//!
//! Reading is hardened against hostile senders: no document type declaration, so no entities of
//! one's own; size, depth, number of nodes and of attributes are bounded; nothing recurses deeper
//! than the bound on depth. What is not known is kept and written again.

mod dialog_info;
mod dialog_table;
mod dialog_words;
mod element;
mod error;
mod pidf;
mod pidf_read;
mod xml_read;
mod xml_write;

pub use dialog_info::{
    DIALOG_INFO_CONTENT_TYPE, DialogEntry, DialogInfo, Participant, ReplacedDialog,
};
pub use dialog_table::{Applied, DialogTable};
pub use dialog_words::{DialogDirection, DialogEvent, DialogStage};
pub use element::{Attribute, Element, Node};
pub use error::BodyError;
pub use pidf::{Activity, Basic, ContactAddress, Note, PIDF_CONTENT_TYPE, Person, Presence, Tuple};
pub use xml_read::{BODY_BYTES_MAX, parse_element};
