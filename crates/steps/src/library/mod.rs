//! The sentences that Gannet knows, by subject.

mod all;
mod answering;
mod ask;
mod call_table;
mod calls;
mod challenge;
mod dtmf;
mod ending;
mod header_sentences;
mod headers;
mod hearing;
mod hold;
mod message_sentences;
mod message_wait;
mod messages;
mod notes;
mod phones;
mod questions;
mod raw;
mod registration;
mod request;
mod support;
mod tables;
mod talking;
mod texts;
mod time;
mod voicemail;

pub use all::definitions;
pub use notes::Notes;
pub use tables::judge_table;
