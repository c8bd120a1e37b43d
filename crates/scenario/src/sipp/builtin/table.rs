//! The scenarios that are part of the program.

/// A scenario that is part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// What `-sn` and `-sd` call it.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! builtin {
    ($name:literal, $about:literal) => {
        Builtin {
            name: $name,
            about: $about,
            text: include_str!(concat!("texts/", $name, ".xml")),
        }
    };
}

/// All of them.
pub const BUILTINS: [Builtin; 12] = [
    builtin!("uac", "calls, pauses as long as -d says, hangs up"),
    builtin!("uas", "rings, answers, waits for the BYE"),
    builtin!("regexp", "as uac; looks into the 200 with expressions"),
    builtin!("branchc", "registers, calls, goes on as answers say"),
    builtin!("branchs", "the peer of branchc"),
    builtin!("uac_pcap", "as uac; plays captures of speech and of a key"),
    builtin!("3pcc-C-A", "3PCC controller towards A; started last"),
    builtin!("3pcc-C-B", "3PCC controller towards B"),
    builtin!("3pcc-A", "3PCC callee A"),
    builtin!("3pcc-B", "3PCC callee B"),
    builtin!("ooc_default", "answers any request with 200; for -oocsn"),
    builtin!("ooc_dummy", "waits for nothing that comes; behind -aa"),
];

/// The scenario of that name.
pub fn builtin(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().find(|builtin| builtin.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_name_and_is_a_scenario() {
        for known in &BUILTINS {
            assert_eq!(builtin(known.name), Some(known));
            assert!(known.text.contains("<scenario name="), "{}", known.name);
        }
        assert_eq!(builtin("UAC"), None);
    }
}
