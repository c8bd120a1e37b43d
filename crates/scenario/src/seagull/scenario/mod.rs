//! Seagull's scenarios.
//!
//! What Seagull's own files say is in `SEAGULL.md` 5. These attributes are Gannet's own; none
//! changes what a file without them means:
//!
//! | element | attribute | meaning |
//! | --- | --- | --- |
//! | `receive` | `optional="true"` | the call goes on when a message for a later receive comes instead. A run of optional receives must be followed, in the same section, by a receive that is not optional, and cannot begin a section |
//! | `receive` | `accept="183 486=busy"` | other message types that are taken too; after `=`, the label of the command of the section that the call goes on with |
//! | `receive` | `cseq-method="INVITE"` | responses are taken only if their CSeq has this method (RFC 3261 8.1.3.3); with [`LoadOptions::match_cseq`](super::LoadOptions::match_cseq) the method is that of the scenario's own message |
//! | `send` | `retrans="rfc3261"`, `t1-ms="500"`, `t2-ms="4000"` | retransmissions as in RFC 3261 17, whatever `retrans-enabled` says |
//! | `wait-ms` | `distribution="uniform"` with `min` and `max`, and so on (see [`Distribution`](crate::model::Distribution)) | a random time; the attributes are the names of the distribution's parameters |
//! | `wait-ms` | `label` | as for the other commands |
//! | `default` | `behaviour="return"` | after the section the call goes on where it was |
//!
//! Where Seagull is faulty, the sane thing is done instead:
//!
//! - a `$` in a format that is not followed by `(` is a dollar sign;
//! - several action blocks after a message are all done, in their order;
//! - a `check-value` with `branch_on` does not fail a call whose message came as expected (unless
//!   [`LoadOptions::exact`](super::LoadOptions::exact) asks for it);
//! - the line of external data is picked once for a section, before its first use.

mod actions;
mod blocks;
mod commands;
mod compile;
mod correlation;
mod counters;
mod distribution;
mod finish;
mod format;
mod labels;
mod message;
mod names;
mod receive;
mod rules;
mod section;
mod surroundings;

pub(super) use compile::{Compiled, compile};
pub(super) use surroundings::{ChannelSetting, External, Surroundings};
