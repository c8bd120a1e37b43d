//! What a call with a foreign phone needs: the peers as guarded processes, the programs of gannet
//! beside them, and waits that end.
//!
//! [`Site`] is the place of one test: its folder, its ports, its peers' state. Everything that was
//! started there stops when its value goes, whatever the test came to, and prints its log if the test
//! has failed.

mod baresip;
mod browser;
mod failing;
mod feature_run;
mod foreign_phone;
mod gate;
mod kamailio;
mod kamailio_states;
mod linphone;
mod pbx;
mod pjsua2;
mod ports;
mod process;
mod rtpengine;
mod seagull;
mod server;
mod sipp;
mod sipp_run;
mod sipsak;
mod sound;
mod tshark;
mod until;

pub(crate) use baresip::Baresip;
pub(crate) use browser::Browser;
pub(crate) use feature_run::{FeatureRun, RunningFeature};
pub(crate) use foreign_phone::ForeignPhone;
pub(crate) use gate::Site;
pub(crate) use linphone::Linphone;
pub(crate) use pbx::GannetPbx;
pub(crate) use pjsua2::Pjsua2;
pub(crate) use ports::Ports;
pub(crate) use process::Process;
pub(crate) use rtpengine::Rtpengine;
pub(crate) use seagull::Seagull;
pub(crate) use server::{Account, Server, ServerKind};
pub(crate) use sipp::{Sipp, Transport};
pub(crate) use sipp_run::{Counted, Program, SippRun};
pub(crate) use sipsak::sipsak;
pub(crate) use sound::{HeardTone, write_tone};
pub(crate) use tshark::{LoopbackCapture, Tshark};
pub(crate) use until::until;
