//! A scenario with everything, as text.

use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::{InjectionInfo, Options, dump, load};

const EVERYTHING: &[u8] = include_bytes!("everything.xml");

#[test]
fn everything_is_shown() {
    let file = NamedBytes {
        name: "users.csv".to_owned(),
        bytes: b"SEQUENTIAL\na;b;c\n".to_vec(),
    };
    let mut users = InjectionFile::load(&file).file.expect("a file");
    users.build_index(0);
    let first = InjectionInfo {
        name: "first.csv".to_owned(),
        columns: Some(1),
        ..InjectionInfo::default()
    };
    let options = Options {
        keys: vec![("farm".to_owned(), "Green Acre".to_owned())],
        injection: Some(vec![first, users.info()]),
        globals: vec!["other".to_owned()],
        ..Options::default()
    };
    let scenario = NamedBytes {
        name: "everything.xml".to_owned(),
        bytes: EVERYTHING.to_vec(),
    };
    let loaded = load(&scenario, &options);
    let complaints = gannet_diag::render(&loaded.source, &loaded.diagnostics, false);
    assert_eq!(complaints, "");
    insta::assert_snapshot!(dump(&loaded.scenario.expect("a scenario")));
}
