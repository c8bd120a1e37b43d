//! Events as a phone shows them: what it watches, what it publishes, and the documents it writes.

mod document;
mod published;
mod shown;
mod watching;

pub use document::presence_document;
pub(crate) use document::{ToldCalls, dialog_document};
pub use published::{PublishStage, Published};
pub use shown::Events;
pub use watching::{Watch, WatchHandle, WatchStage, Watching};
