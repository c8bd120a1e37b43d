//! A folder as Seagull's examples have it.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Conf, Player, Statistics, dictionary, shared};

/// A folder with `config`, `scenario`, `logs` and `run`; the binary works in `run`.
pub(crate) struct Folder {
    root: TempDir,
}

impl Folder {
    /// With a small SIP dictionary as `config/sip.xml`.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for name in ["config", "scenario", "logs", "run"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        let folder = Self { root };
        folder.write("config/sip.xml", dictionary::SIP);
        folder
    }

    /// With a copy of all of Seagull's example files; `None` without them.
    pub(crate) fn of_fixtures() -> Option<Self> {
        let fixtures = shared("fixtures/seagull")?;
        let folder = Self::new();
        for name in ["config", "scenario", "run"] {
            for entry in fs::read_dir(fixtures.join(name)).unwrap() {
                let entry = entry.unwrap();
                let bytes = fs::read(entry.path()).unwrap();
                fs::write(folder.path(name).join(entry.file_name()), bytes).unwrap();
            }
        }
        Some(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Replaces something in a file, which must be there.
    pub(crate) fn replace(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "no {old:?} in {name}");
        self.write(name, text.replace(old, new));
    }

    /// The files of a folder, sorted.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The one log file whose name begins with this and a dot, whatever date follows.
    #[track_caller]
    pub(crate) fn log(&self, stem: &str) -> String {
        let begin = format!("{stem}.");
        let names = self.names("logs");
        let found: Vec<_> = names
            .iter()
            .filter(|name| name.starts_with(&begin))
            .collect();
        let [name] = found[..] else {
            panic!("no one {stem}.* among {names:?}");
        };
        self.read(&format!("logs/{name}"))
    }

    /// A number of the newest line of the newest statistics file of a run; 0 before there is one.
    pub(crate) fn counted(&self, name: &str, column: &str) -> u64 {
        let begin = format!("{name}-stat.");
        let names = self.names("logs");
        let newest = names.iter().rfind(|name| name.starts_with(&begin));
        let text = newest.map(|name| self.read(&format!("logs/{name}")));
        match text {
            Some(text) if text.lines().count() > 1 => Statistics::read(&text).last(column),
            _ => 0,
        }
    }

    /// Writes `config/NAME.xml` and `scenario/NAME.xml`.
    pub(crate) fn with(self, name: &str, conf: &Conf, scenario: &str) -> Self {
        self.write(&format!("config/{name}.xml"), conf.text());
        self.write(&format!("scenario/{name}.xml"), scenario);
        self
    }

    /// Starts `gannet seagull` with those files and further options.
    pub(crate) fn run(&self, name: &str, more: &str) -> Player {
        self.play(name, &format!("{} {more}", options(name)))
    }

    /// Starts `gannet seagull` in `run` with these arguments, split at blanks.
    pub(crate) fn play(&self, name: &str, arguments: &str) -> Player {
        Player::start(self, name, &words(arguments), None)
    }
}

/// The options of a start script for `config/NAME.xml`, `scenario/NAME.xml` and `logs/NAME.log`.
pub(crate) fn options(name: &str) -> String {
    format!(
        "-conf ../config/{name}.xml -dico ../config/sip.xml -scen ../scenario/{name}.xml \
         -log ../logs/{name}.log -llevel ET"
    )
}

/// The words between blanks.
pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}
