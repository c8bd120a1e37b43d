//! Whether a test can run here, and its place.

use std::env;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The place of one test: a folder of its own, and where the peers' scripts are.
#[derive(Debug)]
pub(crate) struct Site {
    folder: TempDir,
    peers: PathBuf,
}

impl Site {
    /// A place for the test `name`, which runs these foreign programs.
    ///
    /// `None`, said aloud, without `GANNET_INTEROP`; with it everything must be there.
    pub(crate) fn open(name: &str, programs: &[&str]) -> Option<Self> {
        if env::var_os("GANNET_INTEROP").is_none() {
            skipped(name, "GANNET_INTEROP is not set");
            return None;
        }
        let peers = shared().join("peers");
        assert!(
            peers.join("kamailio/start.sh").is_file(),
            "GANNET_INTEROP is set, but {} has no peers",
            peers.display()
        );
        for program in programs {
            assert!(
                is_installed(program),
                "GANNET_INTEROP is set, but {program} is not installed: run {}/install.sh",
                peers.display()
            );
        }
        let folder = tempfile::Builder::new()
            .prefix("gannet-interop-")
            .tempdir()
            .expect("the temporary folder can be written");
        // Some peers give up root and still read and write below.
        let open_to_all = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open_to_all).expect("the folder is ours");
        fs::create_dir(folder.path().join("peers")).expect("the folder is ours");
        Some(Self { folder, peers })
    }

    /// A file of the test's own folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the test's own folder.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, text).expect("the test's folder can be written");
        path
    }

    /// A script or other file of the peers.
    pub(crate) fn peer(&self, path: &str) -> PathBuf {
        self.peers.join(path)
    }

    /// Where the peers keep their state, `PEERS_STATE`.
    pub(crate) fn peers_state(&self) -> PathBuf {
        self.file("peers")
    }

    /// A file below `interop/` of this repository.
    pub(crate) fn interop(path: &str) -> PathBuf {
        repository().join("interop").join(path)
    }

    /// A fixture that nobody here wrote.
    pub(crate) fn fixture(path: &str) -> PathBuf {
        let file = shared().join("fixtures").join(path);
        assert!(file.is_file(), "{} is missing", file.display());
        file
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn shared() -> PathBuf {
    env::var_os("GANNET_SHARED").map_or_else(|| repository().join("../shared"), PathBuf::from)
}

/// Whether the program is a path that exists or is found in `PATH`; Debian's servers live in sbin.
fn is_installed(program: &str) -> bool {
    if program.contains('/') {
        return Path::new(program).is_file();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .any(|folder| folder.join(program).is_file())
}

/// Tells of a test that did nothing. Written past the test harness, which keeps what a test that
/// passes has printed to itself.
fn skipped(name: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {name}: {why}");
}
