//! How a device makes, holds and joins calls and hands them on.

use std::time::Duration;

use super::dial_plan::DialPlan;
use crate::digits::DtmfWay;

/// What a device offers to put the other side on hold (RFC 3264 8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldForm {
    /// `a=sendonly`.
    SendOnly,
    /// `a=inactive`.
    Inactive,
    /// `c=IN IP4 0.0.0.0`, as in RFC 2543.
    ZeroAddress,
    /// Both, for peers that know one of them.
    SendOnlyAndZeroAddress,
}

impl HoldForm {
    /// Whether the zero address shows it.
    pub(crate) const fn by_address(self) -> bool {
        matches!(self, Self::ZeroAddress | Self::SendOnlyAndZeroAddress)
    }
}

/// How a device hands calls on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferStyle {
    /// What it does with the REFERs of others.
    pub accept: TransferPolicy,
    /// The code by which it accepts them: 202 (RFC 3515 2.4.2), or 200 (RFC 6665 8.3.1).
    pub accept_code: u16,
    /// It puts the other side on hold before REFER.
    pub hold_first: bool,
    /// What stands in Refer-To of an attended transfer.
    pub attended_target: TargetForm,
    /// It says in Referred-By who it is (RFC 3892).
    pub referred_by: bool,
    /// When it ends the call that it has transferred.
    pub hang_up: HangUp,
    /// How it wants to be told what came of it.
    pub report: gannet_ua::ReferReport,
}

/// What a device does with the REFERs of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferPolicy {
    /// It makes the call.
    Accept,
    /// It accepts and waits for its user to decide.
    Ask,
    /// It refuses with this code.
    Refuse(u16),
}

/// What stands in Refer-To of an attended transfer (RFC 5589 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetForm {
    /// The Contact of the other side.
    Contact,
    /// Its From or To.
    AddressOfRecord,
}

/// When a device ends a call that it has transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HangUp {
    /// Once the transfer has succeeded, or was accepted if nobody tells more.
    Success,
    /// Once it was accepted.
    Accepted,
    /// The other side has to.
    Never,
}

/// How a device makes calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingStyle {
    /// What it makes of what is dialled.
    pub dial_plan: DialPlan,
    /// It takes descriptions in provisional responses, so that early media are heard; reliable ones
    /// it must take.
    pub early_media: bool,
    /// How long the other side may ring before the call is given up; `None`: for ever.
    pub no_answer_time: Option<Duration>,
    /// CANCEL does not wait for a provisional response, against RFC 3261 9.1.
    pub cancels_at_once: bool,
    /// The value of Privacy in calls that are not anonymous (RFC 3323 4.2).
    pub privacy: Option<String>,
    /// Calls say in P-Preferred-Identity who calls (RFC 3325 9.2).
    pub preferred_identity: bool,
}

impl Default for OutgoingStyle {
    fn default() -> Self {
        Self {
            dial_plan: DialPlan::default(),
            early_media: true,
            no_answer_time: None,
            cancels_at_once: false,
            privacy: None,
            preferred_identity: false,
        }
    }
}

/// How a device sends DTMF keys where a test does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DtmfStyle {
    /// The way; `None`: telephone-events if both sides have them, else INFO.
    pub way: Option<DtmfWay>,
    /// How long a key sounds.
    pub tone: Duration,
    /// The pause between keys; `None`: events and INFOs follow each other as they can, tones after
    /// 100 ms.
    pub gap: Option<Duration>,
    /// INFO has `application/dtmf` with the key alone, instead of `application/dtmf-relay`.
    pub plain_info: bool,
    /// Volume of telephone-events, in -dBm0 (RFC 4733 2.3.3).
    pub volume: u8,
}

impl Default for DtmfStyle {
    fn default() -> Self {
        Self {
            way: None,
            tone: Duration::from_millis(100),
            gap: None,
            plain_info: false,
            volume: 10,
        }
    }
}

/// Where the RTP of a device comes from and how its streams begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpStyle {
    /// The lowest and the highest port; `None`: free ones.
    pub ports: Option<(u16, u16)>,
    /// SSRC; `None`: random (RFC 3550 8).
    pub ssrc: Option<u32>,
    /// The first sequence number; `None`: random (RFC 3550 5.1).
    pub sequence: Option<u16>,
    /// The first timestamp; `None`: random (RFC 3550 5.1).
    pub timestamp: Option<u32>,
    /// Packets go to where packets come from, whatever the description says (RFC 4961).
    pub symmetric: bool,
    /// Time between RTCP packets; `None`: no RTCP.
    pub rtcp_interval: Option<Duration>,
}

impl Default for RtpStyle {
    fn default() -> Self {
        Self {
            ports: None,
            ssrc: None,
            sequence: None,
            timestamp: None,
            symmetric: true,
            rtcp_interval: Some(Duration::from_secs(5)),
        }
    }
}

/// Where the calls of a conference meet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConferenceStyle {
    /// A conference server: the phone calls it and refers the others to it (RFC 4579 5.5); `None`: the
    /// phone mixes them itself.
    pub server: Option<String>,
}

/// The numbers by which a device parks calls and takes them; `None`: the server's own, where that is
/// known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeatureNumbers {
    /// Where it hands calls to be parked, with `{slot}`.
    pub park: Option<String>,
    /// What it calls for one that is parked, with `{slot}`.
    pub retrieve: Option<String>,
    /// What it calls for one that rings elsewhere, with `{user}`.
    pub pickup: Option<String>,
    /// It takes one that rings elsewhere by an INVITE with Replaces for what a subscription to the
    /// dialogs of that phone tells (RFC 5359 2.16), and calls no number.
    pub picks_up_by_replaces: bool,
    /// What it calls for one that rings in its group.
    pub group_pickup: Option<String>,
}

/// What a device does when a NOTIFY without subscription tells it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EventStyle {
    /// What `check-sync` leads to.
    pub check_sync: CheckSync,
    /// `talk` answers the call that rings, or takes back the call on hold.
    pub talk: bool,
    /// `hold` puts the call on hold.
    pub hold: bool,
}

/// What a device does when its configuration has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CheckSync {
    /// Nothing.
    #[default]
    Nothing,
    /// It registers again.
    Register,
    /// It starts anew, unless it has a call: what it knew is forgotten, and it registers again.
    Restart,
}

/// Waits after 491, in milliseconds, of which one is drawn in steps of 10 (RFC 3261 14.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlareStyle {
    /// The shortest and the longest of whoever made the call.
    pub caller: (u32, u32),
    /// Those of the other side.
    pub callee: (u32, u32),
}

impl Default for GlareStyle {
    fn default() -> Self {
        Self {
            caller: (2100, 4000),
            callee: (0, 2000),
        }
    }
}
