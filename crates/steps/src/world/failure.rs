//! What a phone could not do, as the failure of a step.

use gannet_events::{Failure, FailureClass};
use gannet_phone::PhoneError;

use super::actor::Actor;

/// The failure of a step for which a phone could not do what it was asked. Steps that know better
/// what it means change the class.
pub fn phone_failure(error: PhoneError, actor: &Actor) -> Failure {
    let not_believed = matches!(
        &error,
        PhoneError::Refused { request, code: 401 | 403 | 407, .. } if request == "REGISTER"
    );
    let is_challenge = matches!(
        &error,
        PhoneError::Refused {
            code: 401 | 407,
            ..
        }
    );
    let mut failure = start_failure(error).of_phone(actor.name());
    if is_challenge && actor.phone.config().auth.is_none() {
        failure = failure.detail(format!(
            "{} has no password: give it one (--user, [user.{}] in gannet.toml, or the column `password` of a CSV file), or all who have none by `default_password` in [server.{}]",
            actor.name(),
            actor.name(),
            actor.account().server,
        ));
    } else if not_believed {
        failure = failure.detail(format!(
            "the server does not accept user `{}`: check name and password (--user, or [user.{}] in gannet.toml)",
            actor.account().auth_user,
            actor.name()
        ));
    }
    let latest = actor.phone.state();
    failure.call_id = latest.latest_call().map(|call| call.sip_call_id.clone());
    failure
}

/// The failure of a step for which a phone could not even be started.
pub(super) fn start_failure(error: PhoneError) -> Failure {
    let class = match &error {
        PhoneError::Environment { .. } => FailureClass::Environment,
        PhoneError::NotDelivered { .. } => FailureClass::TransportFailure,
        PhoneError::TimedOut { .. } | PhoneError::NoAnswer { .. } => FailureClass::Timeout,
        PhoneError::CallEnded { .. } => FailureClass::CallFailed,
        PhoneError::Refused { .. } | PhoneError::BadAnswer { .. } => {
            FailureClass::UnexpectedResponse
        }
        // Told what it cannot do; more kinds may come.
        _ => FailureClass::Misuse,
    };
    let mut failure = Failure::new(class, error.to_string());
    failure.waited_for = match error {
        PhoneError::TimedOut { waited_for, .. } | PhoneError::CallEnded { waited_for, .. } => {
            Some(waited_for)
        }
        PhoneError::NoAnswer { request, .. } => Some(format!("a response to {request}")),
        _ => None,
    };
    failure
}
