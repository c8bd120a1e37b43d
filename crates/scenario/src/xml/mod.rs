//! What the XML of Seagull and of SIPp have in common: the tree, and the bytes of a file as text.

mod source;
mod tree;

pub use source::{Encoding, source_from_bytes};
pub use tree::{Attribute, Cdata, Element, Node};
