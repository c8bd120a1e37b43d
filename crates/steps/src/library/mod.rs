//! The sentences that Gannet knows, by subject.

mod agreed;
mod all;
mod answering;
mod call_table;
mod calls;
mod challenge;
mod conditions;
mod ending;
mod figures;
mod flows;
mod header_sentences;
mod headers;
mod hearing;
mod message_sentences;
mod message_wait;
mod messages;
mod notes;
mod phones;
mod playing;
mod registration;
mod request;
mod sdp;
mod sdp_sentences;
mod support;
mod tables;
mod talking;
mod time;
mod timing;
mod voicemail;

pub use all::definitions;
pub use notes::Notes;
pub use tables::judge_table;
