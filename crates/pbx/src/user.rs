//! Who is known to the server.

use std::time::Duration;

use crate::numbers::ForwardWhen;

/// A user of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PbxUser {
    /// The name: user part of the address-of-record.
    pub name: String,
    /// A number under which the user is reached too.
    pub extension: Option<String>,
    /// The name that is shown, added to P-Asserted-Identity.
    pub display_name: Option<String>,
    /// User name of the realm, if not `name`.
    pub auth_user: Option<String>,
    /// The password; `None` lets the user in without one.
    pub password: Option<String>,
    /// Whether the user has a voicemail.
    pub voicemail: bool,
    /// The pickup group; users without one are a group together.
    pub group: Option<String>,
    /// Whether the user does not want to be disturbed, at the start.
    pub dnd: bool,
    /// Where the user's calls go instead, at the start.
    pub forward: Forward,
    /// What the user types, ended by `#`, before the mailbox plays anything; `None` for nothing.
    pub pin: Option<String>,
}

impl PbxUser {
    /// A user with voicemail and without password.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            extension: None,
            display_name: None,
            auth_user: None,
            password: None,
            voicemail: true,
            group: None,
            dnd: false,
            forward: Forward::default(),
            pin: None,
        }
    }

    /// The same with a password.
    pub fn with_password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(password.into());
        self
    }

    /// The same with a number.
    pub fn with_extension(mut self, extension: impl Into<String>) -> Self {
        self.extension = Some(extension.into());
        self
    }

    /// The same without voicemail.
    pub fn without_voicemail(mut self) -> Self {
        self.voicemail = false;
        self
    }

    /// The same with a PIN for the mailbox.
    pub fn with_pin(mut self, pin: impl Into<String>) -> Self {
        self.pin = Some(pin.into());
        self
    }

    /// The name that the user authenticates with.
    pub fn auth_name(&self) -> &str {
        self.auth_user.as_deref().unwrap_or(&self.name)
    }
}

/// Which calls of a user the server refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Screening {
    /// Those to the user, from somebody: the name of a user, or the URI of somebody from elsewhere.
    Incoming,
    /// Those of the user, to a number or the name of a user.
    Outgoing,
}

/// Where calls for a user go instead. Targets are user parts of the server's domain: names,
/// extensions, special extensions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forward {
    /// Before any phone rings.
    pub always: Option<String>,
    /// When a phone is busy or declines, or the user does not want to be disturbed.
    pub on_busy: Option<String>,
    /// When nobody answers, or no phone can be reached.
    pub on_no_answer: Option<String>,
    /// How long phones ring before `on_no_answer`, if not the server's
    /// [`no_answer`](crate::PbxConfig::no_answer).
    pub no_answer: Option<Duration>,
}

impl Forward {
    /// Sets or clears one of the targets.
    pub fn set(&mut self, when: ForwardWhen, to: Option<String>) {
        let target = match when {
            ForwardWhen::Always => &mut self.always,
            ForwardWhen::Busy => &mut self.on_busy,
            ForwardWhen::NoAnswer => &mut self.on_no_answer,
        };
        *target = to;
    }
}
