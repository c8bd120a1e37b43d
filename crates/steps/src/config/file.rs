//! From the text of `gannet.toml` to a configuration.

use std::path::{Path, PathBuf};

use gannet_diag::{Diagnostic, Diagnostics, SourceFile, nearest};
use gannet_phone::{ProfileError, ProfileLibrary};
use toml::de::DeTable;

use super::csv_users::read_users;
use super::model::{Config, EMBEDDED, UserConfig};
use super::reader::{At, Context, Environment, Section};
use super::sections;
use super::server;
use super::user;

/// A configuration file that was read.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// All that was understood; whole only if there are no errors.
    pub config: Config,
    /// The text, for showing faults.
    pub source: SourceFile,
    /// Every fault, by place.
    pub diagnostics: Diagnostics,
}

impl ConfigFile {
    /// Reads the text of the file `path`. Relative files in it are relative to its folder.
    /// `environment` looks up variables for `${NAME}`.
    pub fn read(path: &Path, text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let source = SourceFile::new(path.display().to_string(), text);
        let (config, mut diagnostics) = read_text(text, &folder, environment);
        diagnostics.sort();
        Self {
            config,
            source,
            diagnostics,
        }
    }
}

impl ConfigFile {
    /// Adds a fault for every device profile that is named and cannot be used.
    pub fn check_profiles(&mut self, profiles: &ProfileLibrary) {
        let (document, _) = DeTable::parse_recoverable(self.source.text());
        let document = document.get_ref();
        let table = |name: &str| {
            document
                .get(name)
                .and_then(|table| table.get_ref().as_table())
        };
        let users = table("user").into_iter().flatten();
        let devices = users.filter_map(|(_, user)| user.get_ref().as_table()?.get("device"));
        let default = table("devices").and_then(|devices| devices.get("default"));
        for value in devices.chain(default) {
            let Some(name) = value.get_ref().as_str().filter(|name| !name.contains('$')) else {
                continue;
            };
            let Err(error) = profiles.load(name) else {
                continue;
            };
            self.diagnostics.push(match error {
                ProfileError::Unknown { nearest, .. } => Diagnostic::error(
                    "unknown-profile",
                    format!("there is no device profile `{name}`"),
                    value.span(),
                )
                .with_suggestions(&nearest),
                other => Diagnostic::error(
                    "bad-profile",
                    format!("the device profile `{name}` cannot be used"),
                    value.span(),
                )
                .with_help(other.to_string()),
            });
        }
        self.diagnostics.sort();
    }
}

fn read_text(text: &str, folder: &Path, environment: Environment<'_>) -> (Config, Diagnostics) {
    let context = Context::new(environment);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        context.report(Diagnostic::error("config-syntax", error.message(), span));
    }
    let mut config = Config::default();
    let mut root = Section::new(&context, document.get_ref(), 0..0);
    let default_server = root.string("default_server");
    let imports = root.strings("import").unwrap_or_default();
    server::read(&mut root, &mut config);
    user::read(&mut root, &mut config);
    sections::read(&mut root, &mut config, folder);
    root.finish();
    import_users(&context, imports, folder, &mut config);
    check_names(&context, default_server.as_ref(), &document, &config);
    config.default_server = default_server.map(|name| name.value);
    (config, context.into_diagnostics())
}

/// Users of CSV files; those of the file itself go before them.
fn import_users(
    context: &Context<'_>,
    imports: Vec<At<String>>,
    folder: &Path,
    config: &mut Config,
) {
    for import in imports {
        let path: PathBuf = folder.join(&import.value);
        match read_users(&path) {
            Ok(users) => {
                for user in users {
                    let entry = config.users.entry(user.name.clone());
                    entry.or_insert(UserConfig {
                        server: None,
                        ..user
                    });
                }
            }
            Err(error) => {
                let report = Diagnostic::error("config-import", error.to_string(), import.span);
                context.report(match std::error::Error::source(&error) {
                    Some(cause) => report.with_label(cause.to_string()),
                    None => report,
                });
            }
        }
    }
}

/// Servers that are named but not there.
fn check_names(
    context: &Context<'_>,
    default_server: Option<&At<String>>,
    document: &toml::Spanned<DeTable<'_>>,
    config: &Config,
) {
    let unknown = |name: &str, span: std::ops::Range<usize>| {
        if name == EMBEDDED || config.servers.contains_key(name) {
            return;
        }
        let names = config.servers.keys().map(String::as_str);
        let near = nearest(name, names.chain([EMBEDDED]), 3);
        context.report(
            Diagnostic::error(
                "config-server",
                format!("there is no server `{name}`"),
                span,
            )
            .with_help(format!("describe it under [server.{name}]"))
            .with_suggestions(&near),
        );
    };
    if let Some(name) = default_server {
        unknown(&name.value, name.span.clone());
    }
    let users = document
        .get_ref()
        .get("user")
        .and_then(|user| user.get_ref().as_table());
    for (_, user) in users.into_iter().flatten() {
        let server = user
            .get_ref()
            .as_table()
            .and_then(|user| user.get("server"));
        if let Some(value) = server
            && let Some(name) = value.get_ref().as_str()
            && !name.contains('$')
        {
            unknown(name, value.span());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gannet_sip::Transport;

    use super::*;

    fn read(text: &str) -> ConfigFile {
        let environment = |name: &str| (name == "ALICE_PW").then(|| "secret".to_owned());
        ConfigFile::read(Path::new("etc/gannet.toml"), text, &environment)
    }

    /// `line:column code: message` of every fault.
    fn faults(text: &str) -> Vec<String> {
        let file = read(text);
        file.diagnostics
            .iter()
            .map(|d| {
                let place = file.source.position(d.span.start);
                format!("{place} {}: {}", d.code, d.message)
            })
            .collect()
    }

    #[test]
    fn everything_that_can_be_configured() {
        let file = read(
            r#"
default_server = "kam"

[server.kam]
address = "127.0.0.1:7060"
domain = "kam.test"
transport = "tcp"
features = ["presence"]

[user.Alice1]
user = "alice"
password = "${ALICE_PW}"
device = "Squirrel350"

[user.Bob]
aor = "sip:bob@kam.test"
password = "pays $$5"

[timeouts]
signalling = "2 s"
scenario = "3 minutes"

[variables]
number = 100
who = "Alice"

[network]
loss = 0.2
loss_seed = 7

[timers]
t1 = "100 ms"

[pbx]
no_answer = "3 s"
algorithms = "sha-256"
digest_uri = "strict"
prack = false
"#,
        );
        assert!(file.diagnostics.is_empty(), "{:?}", file.diagnostics);
        let config = file.config;
        let kam = &config.servers["kam"];
        assert_eq!(kam.domain(), "kam.test");
        assert_eq!(kam.next_hop().to_string(), "127.0.0.1:7060");
        assert_eq!(kam.transport, Transport::Tcp);
        let alice = config.user("alice1").unwrap();
        assert_eq!(
            (alice.user.as_str(), alice.password.as_deref()),
            ("alice", Some("secret"))
        );
        let bob = config.user("Bob").unwrap();
        assert_eq!(bob.domain.as_deref(), Some("kam.test"));
        assert_eq!(bob.password.as_deref(), Some("pays $5"));
        assert_eq!(config.signalling(), Duration::from_secs(2));
        assert_eq!(config.timeouts.media, Duration::from_secs(10));
        assert_eq!(config.timeouts.scenario, Some(Duration::from_mins(3)));
        assert_eq!(config.variables["number"], "100");
        assert_eq!((config.network.loss, config.network.loss_seed), (0.2, 7));
        assert_eq!(config.timers.unwrap().t1, Duration::from_millis(100));
        assert_eq!(config.pbx.no_answer, Some(Duration::from_secs(3)));
        assert_eq!(config.pbx.digest_uri, Some(gannet_pbx::DigestUri::Strict));
        assert_eq!(config.pbx.prack, Some(false));
        assert_eq!(
            config.pbx.algorithms,
            Some(vec![gannet_ua::digest::Algorithm::Sha256])
        );
    }

    #[test]
    fn the_registrar_of_the_embedded_server_can_be_told_what_it_knows() {
        let file = read(
            "[pbx]\ntrust = \"phones\"\nregistrar = { gruu = false, flow_timer = \"20 s\" }\n",
        );
        let pbx = &file.config.pbx;
        assert_eq!(pbx.trust, gannet_pbx::TrustDomain::Phones);
        let timer = Some(Duration::from_secs(20));
        let registrar = pbx.registrar;
        assert_eq!((registrar.gruu, registrar.flow_timer), (false, timer));
        assert!(registrar.path && registrar.outbound && !registrar.service_route);
    }

    #[test]
    fn every_fault_is_reported_with_its_place() {
        let text = r#"default_server = "kan"
colour = "blue"
[server.kam]
adress = "127.0.0.1"
transport = "tpc"
[user.Alice]
password = "${NOBODY}"
server = "kim"
aor = "alice"
[timeouts]
signalling = "5"
media = 5
[network]
loss = 2
"#;
        assert_eq!(
            faults(text),
            [
                "1:18 config-server: there is no server `kan`",
                "2:1 config-key: unknown key `colour`",
                "3:9 config-missing: `address` is missing",
                "4:1 config-key: unknown key `adress`",
                "5:13 config-value: `transport` has a bad value",
                "7:12 config-environment: the environment has no variable `NOBODY`",
                "8:10 config-server: there is no server `kim`",
                "9:7 config-value: `aor` has a bad value",
                "11:14 config-value: `signalling` has a bad value",
                "12:9 config-type: `media` has the wrong type",
                "14:8 config-value: `loss` has a bad value",
            ]
        );
    }

    #[test]
    fn a_misspelt_key_is_shown_with_the_right_one() {
        let file = read("[timeouts]\nsignaling = \"5 s\"\n");
        assert_eq!(file.diagnostics[0].help, ["did you mean `signalling`?"]);
    }

    #[test]
    fn broken_toml_is_a_fault_with_a_place() {
        let faults = faults("[server.kam\naddress = \n");
        assert!(faults[0].starts_with("1:"), "{faults:?}");
        assert!(
            faults.iter().all(|fault| fault.contains("config-")),
            "{faults:?}"
        );
    }
}
