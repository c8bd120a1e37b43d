//! What the command line changes, and which server it comes to.

use std::net::IpAddr;
use std::path::PathBuf;

use gannet_diag::nearest;

use super::argument::{ServerArgument, UserArgument};
use super::model::{Config, EMBEDDED};
use crate::world::ServerChoice;

/// What the command line changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// `--server`.
    pub server: Option<ServerArgument>,
    /// `--user`, any number of times.
    pub users: Vec<UserArgument>,
    /// `--bind`.
    pub bind: Option<IpAddr>,
    /// `--loss`.
    pub loss: Option<f64>,
    /// `--loss-seed`.
    pub loss_seed: Option<u64>,
    /// `--devices`.
    pub device_folders: Vec<PathBuf>,
}

/// Why no server could be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// `--server` names one that the configuration does not have.
    #[error("there is no server `{name}` in the configuration{}", Hint(nearest))]
    Unknown {
        /// The name.
        name: String,
        /// The names that come near.
        nearest: Vec<String>,
    },
    /// Several servers, and nothing says which.
    #[error(
        "the configuration has {} servers ({}): name one with --server, or with \
         `default_server` in gannet.toml",
        names.len(),
        names.join(", ")
    )]
    Several {
        /// Their names.
        names: Vec<String>,
    },
}

struct Hint<'a>(&'a [String]);

impl std::fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, ": did you mean {}?", self.0.join(" or "))
    }
}

impl Config {
    /// Takes over what the command line changes, and says which server the run uses: the one on the
    /// command line, else `default_server`, else the only one there is, else an embedded one.
    pub fn apply(&mut self, overrides: Overrides) -> Result<ServerChoice, ChoiceError> {
        for UserArgument(user) in overrides.users {
            let known = self.users.remove(&user.name).unwrap_or_default();
            let name = user.name.clone();
            let merged = super::UserConfig {
                domain: user.domain.or(known.domain),
                user: user.user,
                password: user.password,
                name: user.name,
                ..known
            };
            self.users.insert(name, merged);
        }
        let network = &mut self.network;
        network.bind = overrides.bind.or(network.bind);
        network.loss = overrides.loss.unwrap_or(network.loss);
        network.loss_seed = overrides.loss_seed.unwrap_or(network.loss_seed);
        self.device_folders.extend(overrides.device_folders);
        match overrides.server {
            Some(ServerArgument::Address(server)) => Ok(ServerChoice::Real(server)),
            Some(ServerArgument::Named(name)) => self.named(&name),
            None => match (&self.default_server, self.servers.len()) {
                (Some(name), _) => self.named(name),
                (None, 0) => Ok(ServerChoice::Embedded),
                (None, 1) => Ok(self
                    .servers
                    .values()
                    .next()
                    .map_or(ServerChoice::Embedded, |only| {
                        ServerChoice::Real(Box::new(only.clone()))
                    })),
                (None, _) => Err(ChoiceError::Several {
                    names: self.servers.keys().cloned().collect(),
                }),
            },
        }
    }

    fn named(&self, name: &str) -> Result<ServerChoice, ChoiceError> {
        if name == EMBEDDED {
            return Ok(ServerChoice::Embedded);
        }
        let names = self.servers.keys().map(String::as_str);
        self.servers
            .get(name)
            .map(|server| ServerChoice::Real(Box::new(server.clone())))
            .ok_or_else(|| ChoiceError::Unknown {
                name: name.to_owned(),
                nearest: nearest(name, names.chain([EMBEDDED]), 3),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigFile;

    fn config(text: &str) -> Config {
        let file = ConfigFile::read("gannet.toml".as_ref(), text, &|_| None);
        assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
        file.config
    }

    fn choose(text: &str, server: Option<&str>) -> Result<String, ChoiceError> {
        let overrides = Overrides {
            server: server.map(|text| text.parse().unwrap()),
            ..Overrides::default()
        };
        Ok(match config(text).apply(overrides)? {
            ServerChoice::Embedded => "embedded".to_owned(),
            ServerChoice::Real(server) => server.name,
        })
    }

    #[test]
    fn the_server_of_the_run() {
        let one = "[server.a]\naddress = \"h\"\n";
        let two = "[server.a]\naddress = \"h\"\n[server.bee]\naddress = \"h\"\n";
        let with_default = format!("default_server = \"bee\"\n{two}");
        assert_eq!(choose("", None).unwrap(), "embedded");
        assert_eq!(choose(one, None).unwrap(), "a");
        assert_eq!(choose(one, Some("embedded")).unwrap(), "embedded");
        assert_eq!(choose(&with_default, None).unwrap(), "bee");
        assert_eq!(choose(two, Some("a")).unwrap(), "a");
        assert_eq!(
            choose("", Some("sip:192.0.2.1:5070")).unwrap(),
            "192.0.2.1:5070"
        );
        assert!(matches!(
            choose(two, None),
            Err(ChoiceError::Several { .. })
        ));
        let unknown = choose(two, Some("be")).unwrap_err().to_string();
        assert!(unknown.ends_with("did you mean bee?"), "{unknown}");
    }

    #[test]
    fn a_user_on_the_command_line_keeps_what_only_the_file_says() {
        let mut config = config("[user.Alice]\npassword = \"old\"\ndevice = \"generic\"\n");
        let users = vec!["Alice=al:new".parse().unwrap()];
        config
            .apply(Overrides {
                users,
                ..Overrides::default()
            })
            .unwrap();
        let alice = config.user("Alice").unwrap();
        assert_eq!(alice.user, "al");
        assert_eq!(alice.password.as_deref(), Some("new"));
        assert_eq!(alice.device.as_deref(), Some("generic"));
    }
}
