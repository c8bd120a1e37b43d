//! `docs/rfcs.md` says which features exercise which RFC, from the features' own tags.
//!
//! `@rfc.N` names the RFC, `@with.PEER` a program against which the interop suite runs the scenario.
//! `BLESS=1 cargo test -p gannet-cli --test cli rfcs_page` writes the page again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use gannet_gherkin::ast::IdGenerator;
use gannet_gherkin::{Pickle, Syntax, compile_pickles, parse_with};

const HEAD: &str = "\
# The RFCs and their features

Each RFC has features that exercise it. Those of `features/rfc` pass on the embedded server:
`gannet test features/rfc` plays them all, `gannet test features/rfc --tags @rfc.4028` those of one RFC.
Where the last column names programs that nobody here wrote, scenarios of that RFC also run with them in
the interop suite, [as the server or as the other phone](../interop/README.md).

<!-- Generated from the tags @rfc.N and @with.PEER: BLESS=1 cargo test -p gannet-cli --test cli rfcs_page -->

| RFC | subject | features (scenarios) | also with |
|---|---|---|---|
";

/// The RFCs that the phones and the server know, with their subjects.
const SUBJECTS: [(u32, &str); 54] = [
    (2543, "SIP, first edition: what its phones still send"),
    (3261, "SIP"),
    (3262, "reliable provisional responses, PRACK"),
    (3263, "finding servers, and others where one fails"),
    (3264, "offer and answer, hold"),
    (3265, "events, first edition"),
    (3311, "UPDATE"),
    (3323, "privacy"),
    (3325, "asserted identity"),
    (3326, "Reason"),
    (3327, "Path"),
    (3428, "MESSAGE"),
    (3515, "REFER"),
    (3550, "RTP and RTCP"),
    (3551, "codecs and their payload types"),
    (3581, "rport"),
    (3608, "Service-Route"),
    (3665, "call flows: registration, sessions"),
    (3680, "registrations as events"),
    (3711, "SRTP"),
    (3842, "message waiting"),
    (3856, "presence"),
    (3863, "PIDF"),
    (3891, "Replaces"),
    (3892, "Referred-By"),
    (3903, "PUBLISH"),
    (3960, "early media"),
    (4028, "session timers"),
    (4235, "dialog event, busy lamps"),
    (4480, "RPID, rich presence"),
    (4488, "REFER without a subscription"),
    (4568, "keys of SRTP in descriptions"),
    (4579, "conferences"),
    (4733, "DTMF in RTP"),
    (5359, "call flows: services"),
    (5373, "Answer-Mode"),
    (5589, "call transfer"),
    (5626, "outbound flows"),
    (5627, "GRUU"),
    (5763, "SRTP with keys from DTLS"),
    (5764, "DTLS beside media"),
    (5839, "conditional notification"),
    (6026, "2xx and the INVITE transactions"),
    (6086, "INFO packages"),
    (6141, "re-INVITE and target refresh"),
    (6188, "SRTP with keys of 256 bits"),
    (6665, "events"),
    (6878, "Priority"),
    (7614, "explicit subscriptions of REFER"),
    (7616, "digest with SHA-256"),
    (7621, "GRUU in events"),
    (7714, "SRTP with AES-GCM"),
    (8643, "SRTP where both have it"),
    (8760, "digest: the choice of algorithm"),
];

/// What the tags of all features say of one RFC.
#[derive(Default)]
struct Exercise {
    /// Scenarios by file.
    features: BTreeMap<String, usize>,
    peers: BTreeSet<String>,
}

#[test]
fn the_page_of_the_rfcs_is_what_the_features_say() {
    let wanted = page(&exercises());
    let path = repository().join("docs/rfcs.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &wanted).expect("the page can be written");
    }
    let present = fs::read_to_string(&path).expect("docs/rfcs.md");
    assert!(
        present == wanted,
        "docs/rfcs.md is out of date; BLESS=1 writes it again"
    );
}

fn exercises() -> BTreeMap<u32, Exercise> {
    let mut exercises = BTreeMap::<u32, Exercise>::new();
    for file in features() {
        let name = file.strip_prefix(repository()).expect("a file below");
        let name = name.display().to_string();
        for pickle in pickles(&file) {
            let values = |directive: &str| -> Vec<String> {
                let tags = pickle.tags.iter().filter_map(|tag| {
                    let value = tag.name.strip_prefix(directive)?;
                    Some(value.to_owned())
                });
                tags.collect()
            };
            for number in values("@rfc.") {
                let number = number.split('.').next().expect("a first part");
                let number = number.parse().expect("`gannet check` proves the tag");
                let exercise = exercises.entry(number).or_default();
                *exercise.features.entry(name.clone()).or_default() += 1;
                exercise.peers.extend(values("@with."));
            }
        }
    }
    exercises
}

fn pickles(file: &Path) -> Vec<Pickle> {
    let text = fs::read_to_string(file).expect("a feature");
    let mut ids = IdGenerator::new();
    let parsed = parse_with(&text, Syntax::Plain, &mut ids);
    compile_pickles(&parsed.document, "", &mut ids)
}

/// The features of `features/rfc` and of `interop`, sorted.
fn features() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![
        repository().join("features/rfc"),
        repository().join("interop"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "feature")
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn page(exercises: &BTreeMap<u32, Exercise>) -> String {
    let mut page = HEAD.to_owned();
    for (number, exercise) in exercises {
        let subject = SUBJECTS.iter().find(|(known, _)| known == number);
        let (_, subject) = subject.unwrap_or_else(|| panic!("RFC {number} has no subject here"));
        let features = exercise.features.iter().map(|(name, scenarios)| {
            let stem = name.rsplit('/').next().expect("a last part");
            format!("[{stem}](../{name}) ({scenarios})")
        });
        let features = features.collect::<Vec<_>>().join(", ");
        let peers = exercise
            .peers
            .iter()
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        writeln!(
            page,
            "| [{number}](https://www.rfc-editor.org/rfc/rfc{number}) | {subject} | {features} | {peers} |"
        )
        .expect("a String takes all");
    }
    page
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
