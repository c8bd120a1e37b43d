//! The features of `features/rfc` that a foreign server can serve.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site};

/// What is played with Kamailio.
const TAG: &str = "@with.kamailio";

/// Servers at once. At one of them the scenarios come one after the other: its users are few, and
/// would take calls from each other.
const SERVERS: usize = 4;

/// Bound of the scenarios of one file.
const LIMIT: Duration = Duration::from_mins(3);

/// Who the features speak of, and whom Kamailio knows.
const USERS: [(&str, &str); 6] = [
    ("Alice", "alice"),
    ("Bob", "bob"),
    ("Carol", "carol"),
    ("Charlie", "carol"),
    ("Dave", "dave"),
    ("Edge", "erin"),
];

#[test]
fn features_of_the_rfcs_pass_with_kamailio() {
    let programs = ServerKind::Kamailio.programs();
    let Some(site) = Site::open("features_of_the_rfcs_pass_with_kamailio", programs) else {
        return;
    };
    let waiting = Mutex::new(features());
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..SERVERS {
            scope.spawn(|| {
                let server = Server::start(&site, ServerKind::Kamailio);
                let toml = server.gannet_toml_of("sut", &USERS);
                while let Some(feature) = taken_from(&waiting) {
                    let name = feature.file_stem().unwrap_or_default().to_string_lossy();
                    let outcome = FeatureRun::of_file(&site, &name, feature.clone())
                        .with_config(&toml)
                        .with("--tags", TAG)
                        .with("--jobs", "1")
                        .run(LIMIT);
                    if !outcome.passed() {
                        lock(&failures).push(outcome.to_string());
                    }
                }
            });
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// The files with the tag, to be taken from the end: first those with most scenarios.
fn features() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/rfc");
    let folder = folder
        .canonicalize()
        .expect("the repository has features/rfc");
    let files = fs::read_dir(folder).expect("a readable folder");
    let tagged = files.filter_map(|file| {
        let path = file.expect("a readable folder").path();
        let text = fs::read_to_string(&path).ok()?;
        let is_feature = path.extension()? == "feature";
        let count = text.matches(TAG).count();
        (is_feature && count > 0).then_some((count, path))
    });
    let mut tagged: Vec<_> = tagged.collect();
    tagged.sort();
    assert!(!tagged.is_empty(), "nothing has the tag {TAG}");
    tagged.into_iter().map(|(_, path)| path).collect()
}

fn taken_from(waiting: &Mutex<Vec<PathBuf>>) -> Option<PathBuf> {
    lock(waiting).pop()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
