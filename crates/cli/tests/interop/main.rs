//! Calls between phones of gannet and programs that nobody here wrote.
//!
//! Every test needs `GANNET_INTEROP=1` and the peers of `interop/README.md`; without them it says
//! so and does nothing.

mod harness;

mod audio;
mod captures;
mod codecs;
mod conference;
mod dtmf;
mod encrypted;
mod events;
mod mailbox;
mod outbound;
mod pysiptest;
mod pysiptest_mass;
mod pysiptest_music;
mod pysiptest_presence;
mod refused;
mod rfc_features;
mod rfcs_with_sipp;
mod rtp_figures;
mod rtpengine;
mod seagull_calls;
mod seagull_capture;
mod seagull_register;
mod session_timers;
mod sipp;
mod sipp_built_in;
mod sipp_differ;
mod sipp_events;
mod sipp_media;
mod sipp_reliable;
mod sipp_scenarios;
mod sipp_statistics;
mod sipp_third_party;
mod sipsak;
mod stir;
mod transfers;
mod web_page;
