//! `[hold]` and `[transfer]`: how calls are held and handed on.

use gannet_diag::{Diagnostic, Diagnostics};
use gannet_ua::ReferReport;

use super::Key;
use crate::profile::calls::{HangUp, HoldForm, TargetForm, TransferPolicy};
use crate::profile::model::Profile;
use crate::profile::value::{Value, store};

const HOLD: &str = "hold";
const TRANSFER: &str = "transfer";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: HOLD,
        name: "form",
        apply: |p, v, d| {
            let choices = [
                ("sendonly", HoldForm::SendOnly),
                ("inactive", HoldForm::Inactive),
                ("zero-address", HoldForm::ZeroAddress),
                ("both", HoldForm::SendOnlyAndZeroAddress),
            ];
            store(&mut p.hold, v.choice(&choices), d);
        },
    },
    Key {
        group: TRANSFER,
        name: "accept",
        apply: accept,
    },
    Key {
        group: TRANSFER,
        name: "accept-code",
        apply: |p, v, d| store(&mut p.transfer.accept_code, accept_code(v), d),
    },
    Key {
        group: TRANSFER,
        name: "hold-first",
        apply: |p, v, d| store(&mut p.transfer.hold_first, v.boolean(), d),
    },
    Key {
        group: TRANSFER,
        name: "attended-target",
        apply: |p, v, d| {
            let choices = [
                ("contact", TargetForm::Contact),
                ("address-of-record", TargetForm::AddressOfRecord),
            ];
            store(&mut p.transfer.attended_target, v.choice(&choices), d);
        },
    },
    Key {
        group: TRANSFER,
        name: "referred-by",
        apply: |p, v, d| store(&mut p.transfer.referred_by, v.boolean(), d),
    },
    Key {
        group: TRANSFER,
        name: "hang-up",
        apply: |p, v, d| {
            let choices = [
                ("success", HangUp::Success),
                ("accepted", HangUp::Accepted),
                ("never", HangUp::Never),
            ];
            store(&mut p.transfer.hang_up, v.choice(&choices), d);
        },
    },
    Key {
        group: TRANSFER,
        name: "report",
        apply: |p, v, d| {
            let choices = [
                ("subscription", ReferReport::Implicit),
                ("norefersub", ReferReport::Unwanted),
                ("nosub", ReferReport::Never),
                ("explicitsub", ReferReport::Explicit),
            ];
            store(&mut p.transfer.report, v.choice(&choices), d);
        },
    },
];

/// `true`, `"ask"`, or the code of the refusal.
fn accept(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let policy = if value.is_boolean() {
        value.boolean().and_then(|accept| {
            let wrong = "expected true, \"ask\", or the status code of a refusal";
            let policy = accept.then_some(TransferPolicy::Accept);
            policy.ok_or_else(|| value.wrong(wrong))
        })
    } else if value.text().is_ok() {
        value.choice(&[("ask", TransferPolicy::Ask)])
    } else {
        value.code(400..=699).map(TransferPolicy::Refuse)
    };
    store(&mut profile.transfer.accept, policy, problems);
}

fn accept_code(value: Value<'_>) -> Result<u16, Diagnostic> {
    let code = value.code(200..=202)?;
    match code {
        200 | 202 => Ok(code),
        _ => Err(value.wrong(format!("expected 200 or 202, found {code}"))),
    }
}
