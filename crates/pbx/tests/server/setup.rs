//! Servers for tests.

use std::time::Duration;

use gannet_pbx::{Pbx, PbxConfig, PbxUser};

/// Limit of every wait on the server's state.
pub(crate) const LIMIT: Duration = Duration::from_secs(10);

/// A user with the password that agents have.
pub(crate) fn user(name: &str) -> PbxUser {
    PbxUser::new(name).with_password(format!("{name}-secret"))
}

/// Users alice, bob and carol with voicemail, dave without.
pub(crate) fn config() -> PbxConfig {
    PbxConfig {
        users: vec![
            PbxUser {
                display_name: Some("Alice Adams".into()),
                ..user("alice").with_extension("1001")
            },
            user("bob").with_extension("1002"),
            user("carol").with_extension("1003"),
            user("dave").with_extension("1004").without_voicemail(),
        ],
        // Not even on a busy machine does an agent take so long to answer.
        no_answer: LIMIT,
        ..PbxConfig::default()
    }
}

/// How long phones ring at a server that soon takes nobody for there.
const IMPATIENT: Duration = Duration::from_millis(300);

/// A server whose phones ring for a moment only.
pub(crate) fn start_impatient() -> Pbx {
    start_with(|config| config.no_answer = IMPATIENT)
}

/// A server with those users.
pub(crate) fn start() -> Pbx {
    start_with(|_| {})
}

/// The same with changes.
pub(crate) fn start_with(change: impl FnOnce(&mut PbxConfig)) -> Pbx {
    let mut config = config();
    change(&mut config);
    Pbx::start(config).expect("a free port")
}
