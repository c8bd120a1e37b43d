//! The server over real loopback sockets, with scripted user agents as its phones.

mod agent;
mod calls;
mod conferences;
mod diversion;
mod ear;
mod hold_music;
mod in_call;
mod messages;
mod registration;
mod retrieval;
mod services;
mod setup;
mod voicemail;
mod watching;
mod world;
