//! SIPp's XML: ordinary XML, read with patience.
//!
//! No DTD is needed and none is read. What the file says about its encoding is ignored: its bytes
//! go through as they are. Values may stand in either quotes and may hold `<`, `&` and, after a
//! backslash, their own quote. A CDATA section ends at the first `]]>`. Text outside of CDATA
//! sections has no meaning.

mod opening;
mod reader;
mod value;

pub(super) use reader::read;
pub(super) use value::{unescaped_twice, value};
