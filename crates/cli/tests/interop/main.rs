//! Calls between phones of gannet and programs that nobody here wrote.
//!
//! Every test needs `GANNET_INTEROP=1` and the peers of `interop/README.md`; without them it says
//! so and does nothing.

mod harness;

mod audio;
mod captures;
mod conference;
mod mailbox;
mod pysiptest;
mod pysiptest_music;
mod refused;
mod seagull_calls;
mod seagull_capture;
mod seagull_register;
mod sipp;
mod sipp_built_in;
mod sipp_differ;
mod sipp_media;
mod sipp_scenarios;
mod sipp_statistics;
mod sipp_third_party;
mod sipsak;
