//! A copy of the peers' Kamailio that says of its users what a PBX says: see
//! `interop/kamailio/states.cfg`.

use std::fs;
use std::path::PathBuf;

use super::gate::Site;

/// How long a nonce is good there.
pub(super) const NONCE_SECONDS: &str = "60";

/// The users; the password is the name with `pw` behind it.
const USERS: [&str; 6] = ["2000", "2001", "2002", "2003", "2004", "2005"];

/// What is in the peers' configuration, and what takes its place.
const CHANGES: [(&str, &str); 8] = [
    // SQLite turns one of two processes away that write at the same time.
    ("\nchildren=2\n", "\nchildren=1\n"),
    // The addresses that the features of pysiptest take for the server's.
    (
        "\nalias=\"kam.test\"\n",
        "\nalias=\"kam.test\"\nalias=\"50.34.59.190\"\nalias=\"192.168.0.143\"\n",
    ),
    ("####### routing #######\n", "STATES"),
    (
        "route[INDIALOG] {\n",
        "route[INDIALOG] {\n\troute(REFRESH);\n",
    ),
    (
        "\t# anything waiting for this user",
        "\troute(SAY_REGISTERED);\n\t# anything waiting for this user",
    ),
    (
        "\t\thandle_publish();\n\t} else {\n",
        "\t\thandle_publish();\n\t} else {\n\t\troute(SAY_UNKNOWN);\n",
    ),
    (
        "event_route[dialog:start] {\n",
        "event_route[dialog:start] {\n\t$var(note) = \"On The Phone\";\n\troute(SAY_CALL);\n",
    ),
    (
        "event_route[dialog:end] {\n",
        "event_route[dialog:end] {\n\t$var(note) = \"Available\";\n\troute(SAY_CALL);\n",
    ),
];

/// Writes the copy; gives its script that starts it, and its file of users.
pub(super) fn write(site: &Site) -> (PathBuf, PathBuf) {
    let read = |path: PathBuf| fs::read_to_string(&path).expect("the peers have it");
    let states = read(Site::interop("kamailio/states.cfg"));
    let mut configuration = read(site.peer("kamailio/kamailio.cfg"));
    for (found, instead) in CHANGES {
        let count = configuration.matches(found).count();
        assert_eq!(count, 1, "{found:?} in the peers' kamailio.cfg");
        let instead = instead.replace("STATES", &states);
        configuration = configuration.replace(found, &instead);
    }
    fs::create_dir_all(site.file("kamailio-states")).expect("the test's folder can be written");
    site.write("kamailio-states/kamailio.cfg", &configuration);
    let users = USERS.map(|user| format!("{user} {user}pw\n")).concat();
    let users = site.write("kamailio-states/users.txt", &users);
    let script = site.file("kamailio-states/start.sh");
    fs::copy(site.peer("kamailio/start.sh"), &script).expect("the peers have it");
    (script, users)
}
