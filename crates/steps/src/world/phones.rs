//! The phones of a scenario.

use std::sync::Arc;
use std::time::Duration;

use gannet_diag::nearest;
use gannet_events::{Failure, FailureClass};
use gannet_media::Mark;
use gannet_phone::{AuthUser, Destination, Phone, PhoneConfig, Profile, Server as ServerOfPhone};
use gannet_sip::Transport;

use super::actor::{Account, Actor};
use super::failure::start_failure;
use super::provision::invented_password;
use super::server::Server;
use super::state::World;
use crate::config::{EMBEDDED, UserConfig};

/// What a phone with a wrong password says.
const WRONG_PASSWORD: &str = "not-the-password";

/// What a step says about a phone; everything else comes from the configured user of that name,
/// the server, and defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneSetup {
    /// The name that the feature gives it.
    pub name: String,
    /// Device profile.
    pub profile: Option<String>,
    /// How it talks to the server.
    pub transport: Option<Transport>,
    /// User part of its address.
    pub user: Option<String>,
    /// Domain of its address.
    pub domain: Option<String>,
    /// Its password. The embedded server knows the user by it, unless the configuration gives that
    /// user another one.
    pub password: Option<String>,
    /// Whether it answers challenges with a password that is not its own.
    pub wrong_password: bool,
    /// Name of a configured server, or `embedded`.
    pub server: Option<String>,
    /// Whether it listens over UDP alone where it talks over UDP: one of very many phones.
    pub datagrams_only: bool,
    /// Settings of the profile that differ, by name.
    pub overrides: Vec<(String, String)>,
}

impl PhoneSetup {
    /// A phone of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

impl World {
    /// The phone of that name. If the scenario has none, it gets one, as the configuration or the
    /// defaults say. It is the phone named last from now on.
    pub async fn phone(&mut self, name: &str) -> Result<Arc<Actor>, Failure> {
        match self.existing(name) {
            Some(actor) => {
                self.named_last = Some(name.to_owned());
                Ok(actor)
            }
            None => self.use_phone(PhoneSetup::named(name)).await,
        }
    }

    /// Starts the phones that sentences name without describing them, so that all are there before
    /// the first call.
    pub async fn gather_cast(&mut self) -> Result<(), Failure> {
        let named_last = self.named_last.clone();
        let described = &self.described;
        let missing = self.cast.iter().filter(|name| !described.contains(*name));
        let missing: Vec<_> = missing
            .filter(|name| !self.actors.contains_key(*name))
            .cloned()
            .collect();
        for name in missing {
            self.use_phone(PhoneSetup::named(name)).await?;
        }
        self.named_last = named_last;
        Ok(())
    }

    /// Starts a phone, provisioned at the embedded server where there is one. It does not register
    /// by itself. A phone that had the name before is stopped.
    pub async fn use_phone(&mut self, setup: PhoneSetup) -> Result<Arc<Actor>, Failure> {
        let mut habits = None;
        if let Some(former) = self.actors.remove(&setup.name) {
            // What it was told to do wrong is said of the name. One that is off does nothing.
            habits = former.phone.habits().await.ok();
            self.retire(former).await;
        }
        let user = self.user(&setup.name).cloned();
        let user = user.as_ref();
        let server = self.server_of(&setup, user).await?;
        let account = self.account(&setup, user, &server)?;
        self.provision(&setup.name, &account, user, &server).await?;
        let config = self.phone_config(&setup, user, &account, &server)?;
        let phone = Phone::start(config).await.map_err(start_failure)?;
        if let Some(habits) = habits {
            phone.take_habits(habits).await.map_err(start_failure)?;
        }
        let actor = Arc::new(Actor::new(phone, account));
        self.marks_given += 1;
        self.named_last = Some(setup.name.clone());
        self.actors.insert(setup.name, Arc::clone(&actor));
        Ok(actor)
    }

    /// The phone of that name, if the scenario has it already.
    pub fn existing(&self, name: &str) -> Option<Arc<Actor>> {
        self.actors.get(name).cloned()
    }

    /// All phones of the scenario, by name.
    pub fn actors(&self) -> impl Iterator<Item = &Arc<Actor>> {
        self.actors.values()
    }

    /// The phone that a step named last: whom a step without subject is about.
    pub fn last_phone(&self) -> Result<Arc<Actor>, Failure> {
        let last = self
            .named_last
            .as_deref()
            .and_then(|name| self.existing(name));
        last.ok_or_else(|| {
            let summary = "this step is about the phone named last, and no phone was named yet";
            Failure::new(FailureClass::Misuse, summary)
        })
    }

    /// Whom a step means: a phone of the scenario or a configured user by name, else an extension,
    /// feature code or URI as it stands.
    pub fn destination(&self, text: &str) -> Result<Destination, Failure> {
        let aor = match (self.existing(text), self.user(text)) {
            (Some(actor), _) => actor.account().aor(),
            (None, Some(user)) => {
                let domain = match (self.server(), &user.domain) {
                    (Server::Real(_), Some(domain)) => domain.clone(),
                    (server, _) => server.domain(),
                };
                format!("sip:{}@{domain}", user.user)
            }
            (None, None) => self
                .embedded_user_uri(text)
                .unwrap_or_else(|| text.to_owned()),
        };
        Destination::parse(&aor).map_err(|error| {
            let summary = format!("`{text}` is no destination: {error}");
            Failure::new(FailureClass::Misuse, summary)
        })
    }

    /// The user that the configuration, or an imported file, has under that name.
    pub fn user(&self, name: &str) -> Option<&UserConfig> {
        self.imported
            .get(name)
            .or_else(|| self.surroundings.config().user(name))
    }

    /// The name of the user with this user part, of imported files first; else the number itself.
    pub(crate) fn name_of_extension(&self, extension: &str) -> String {
        let configured = self.surroundings.config().users.values();
        let mut users = self.imported.values().chain(configured);
        let found = users.find(|user| user.user == extension);
        found.map_or_else(|| extension.to_owned(), |user| user.name.clone())
    }

    /// At the embedded server a name with a blank is a user of which the name is made fit for a
    /// URI, as [`Self::account`] does.
    fn embedded_user_uri(&self, text: &str) -> Option<String> {
        let pbx = self.server().pbx()?;
        // Numbers of the server's own are written as they are dialled.
        let numbers = &self.surroundings.config().pbx.extensions.numbers;
        if numbers.exact(text).is_some() || numbers.beginning(text).is_some() {
            return None;
        }
        let is_name = !text.contains([':', '@']) && text.contains(char::is_alphabetic);
        is_name.then(|| format!("sip:{}@{}", user_part(text), pbx.domain()))
    }

    async fn server_of(
        &self,
        setup: &PhoneSetup,
        user: Option<&UserConfig>,
    ) -> Result<Server, Failure> {
        let named = setup.server.as_deref();
        let named = named.or_else(|| user.and_then(|user| user.server.as_deref()));
        let Some(name) = named.filter(|&name| name != self.server().name()) else {
            return Ok(self.server().clone());
        };
        if self.server().pbx().is_some() || name == EMBEDDED {
            // Features that name their server run at the embedded one as well.
            return Ok(self.server().clone());
        }
        let servers = &self.surroundings.config().servers;
        let Some(server) = servers.get(name) else {
            let known = nearest(name, servers.keys(), 3).join(" or ");
            let failure = Failure::new(
                FailureClass::Misuse,
                format!("there is no server `{name}` in the configuration"),
            );
            return Err(if known.is_empty() {
                failure
            } else {
                failure.detail(format!("did you mean {known}?"))
            });
        };
        let found = self.surroundings.find(server.clone()).await;
        let found = found.map_err(|error| environment(&error))?;
        Ok(Server::Real(Box::new(found)))
    }

    fn account(
        &self,
        setup: &PhoneSetup,
        user: Option<&UserConfig>,
        server: &Server,
    ) -> Result<Account, Failure> {
        let embedded = server.pbx().is_some();
        if user.is_none() && setup.user.is_none() && !embedded {
            let names = self.surroundings.config().users.keys();
            let near = nearest(&setup.name, names, 3).join(" or ");
            let summary = format!("server {} has no user for `{}`", server.name(), setup.name);
            let failure = Failure::new(FailureClass::Misuse, summary).detail(format!(
                "describe it in gannet.toml under [user.{}], or with --user",
                setup.name
            ));
            return Err(if near.is_empty() {
                failure
            } else {
                failure.detail(format!("did you mean {near}?"))
            });
        }
        let name = setup
            .user
            .clone()
            .or_else(|| user.map(|user| user.user.clone()));
        let name = name.unwrap_or_else(|| user_part(&setup.name));
        let configured = user.and_then(|user| user.password.clone());
        let described = || setup.password.clone().filter(|_| embedded);
        let password = match configured.or_else(described) {
            None if embedded => Some(invented_password(&name, self.seed)),
            None => server.default_password(&name),
            other => other,
        };
        let domain = setup.domain.clone();
        let domain = domain.or_else(|| {
            let user = user.filter(|_| !embedded)?;
            user.domain.clone()
        });
        Ok(Account {
            auth_user: user
                .and_then(|user| user.auth_user.clone())
                .unwrap_or_else(|| name.clone()),
            user: name,
            domain: domain.unwrap_or_else(|| server.domain()),
            password,
            server: server.name().to_owned(),
        })
    }

    fn phone_config(
        &self,
        setup: &PhoneSetup,
        user: Option<&UserConfig>,
        account: &Account,
        server: &Server,
    ) -> Result<PhoneConfig, Failure> {
        let surroundings = &self.surroundings;
        let profile = self.profile(setup, user)?;
        let mut config = PhoneConfig::new(&setup.name, profile);
        config.user.clone_from(&account.user);
        config.domain.clone_from(&account.domain);
        if !self.compares_sound {
            config.sound_kept = Duration::ZERO;
        }
        if let Some(shown) = user.and_then(|user| user.display_name.clone()) {
            config.display_name = Some(shown);
        }
        let password = if setup.wrong_password {
            Some(WRONG_PASSWORD.to_owned())
        } else {
            setup.password.clone().or_else(|| account.password.clone())
        };
        config.auth = password.map(|password| AuthUser {
            user: account.auth_user.clone(),
            password,
        });
        config.server = Some(ServerOfPhone {
            address: server.address(),
            outbound_proxy: true,
        });
        let of_server = match server {
            Server::Real(real) => real.config.transport,
            Server::Embedded(_) => Transport::Udp,
        };
        let of_user = user.and_then(|user| user.transport);
        config.transport = setup.transport.or(of_user).unwrap_or(of_server);
        config.listen_tcp = !setup.datagrams_only || config.transport == Transport::Tcp;
        let local = surroundings.local_ip(server.address());
        config.bind_ip = local.map_err(|error| environment(&error))?;
        config.mark = Mark::nth(self.marks_given);
        config.capture = self.capture.clone();
        config.impairment = self.impairment.clone();
        config.scheduler = Some(surroundings.scheduler().clone());
        config.timers = surroundings.config().timers;
        // One that takes the name of another must not send the same identifiers again.
        config.seed = self.seed.wrapping_add(self.retired.len() as u64);
        Ok(config)
    }

    fn profile(
        &self,
        setup: &PhoneSetup,
        user: Option<&UserConfig>,
    ) -> Result<Arc<Profile>, Failure> {
        let misuse = |error: gannet_phone::ProfileError| {
            let text = error.to_string();
            let mut lines = text.lines();
            let summary = lines.next().unwrap_or_default();
            let failure = Failure::new(FailureClass::Misuse, summary);
            lines.fold(failure, Failure::detail)
        };
        let name = setup.profile.as_deref();
        let name = name.or_else(|| user.and_then(|user| user.device.as_deref()));
        let mut profile = self.surroundings.profile(name).map_err(misuse)?;
        if let Some(srtp) = user.and_then(|user| user.srtp) {
            profile = Arc::new(profile.with_override("sdp.srtp", srtp).map_err(misuse)?);
        }
        for (key, value) in &setup.overrides {
            profile = Arc::new(profile.with_override(key, value).map_err(misuse)?);
        }
        Ok(profile)
    }
}

fn environment(error: &dyn std::error::Error) -> Failure {
    let mut failure = Failure::new(FailureClass::Environment, error.to_string());
    let mut cause = error.source();
    while let Some(source) = cause {
        failure = failure.detail(source.to_string());
        cause = source.source();
    }
    failure
}

/// A name as the user part of an address: lower case, and `-` for what may not stand there.
pub(super) fn user_part(name: &str) -> String {
    let fit = |c: char| match c {
        c if c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c) => c.to_ascii_lowercase(),
        _ => '-',
    };
    name.chars().map(fit).collect()
}
