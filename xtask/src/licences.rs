//! No dependency may bind the users of the product: every licence must be permissive.

mod spdx;

use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences of packages whose manifest names a licence file and no SPDX expression: name, version,
/// and what the file was found to be. A new version has to be read again.
const READ_BY_HAND: &[(&str, &str, &str)] =
    &[("rsip", "0.4.0", "MIT"), ("rsip-derives", "0.4.0", "MIT")];

/// Prints every package of the lock file whose licence is missing, unreadable or not permissive;
/// true when there is none.
pub(crate) fn run(root: &Path) -> io::Result<bool> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!(
            "cargo metadata failed: {complaint}"
        )));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let faults = faults(&metadata);
    for fault in &faults {
        println!("{fault}");
    }
    let count = metadata["packages"].as_array().map_or(0, Vec::len);
    println!("licences: {count} packages, {} findings", faults.len());
    // A check that saw no package has checked nothing.
    Ok(faults.is_empty() && count > 0)
}

/// One line for each package of `cargo metadata` that may not be used.
fn faults(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    packages.iter().filter_map(fault).collect()
}

fn fault(package: &Value) -> Option<String> {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let place = format!("Cargo.lock:1: {} {}", text("name"), text("version"));
    let read_by_hand = || {
        let known = |(name, version, _): &&_| (*name, *version) == (text("name"), text("version"));
        let &(_, _, licence) = READ_BY_HAND.iter().find(known)?;
        Some(licence)
    };
    match package["license"].as_str().or_else(read_by_hand) {
        None => Some(format!("{place}: names no SPDX licence")),
        Some(expression) => match spdx::is_permissive(expression) {
            Ok(true) => None,
            Ok(false) => Some(format!("{place}: `{expression}` is not permissive")),
            Err(error) => Some(format!("{place}: `{expression}`: {error}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_without_a_permissive_licence_are_named() {
        let metadata = serde_json::json!({"packages": [
            {"name": "a", "version": "1.0.0", "license": "MIT OR Apache-2.0"},
            {"name": "b", "version": "2.0.0", "license": "MPL-2.0"},
            {"name": "c", "version": "3.0.0", "license": null},
            {"name": "rsip", "version": "0.4.0", "license": null},
            {"name": "rsip", "version": "9.0.0", "license": null},
            {"name": "d", "version": "4.0.0", "license": "MIT AND ("},
        ]});
        let found = faults(&metadata);
        assert_eq!(found.len(), 4);
        assert_eq!(
            found[0],
            "Cargo.lock:1: b 2.0.0: `MPL-2.0` is not permissive"
        );
        assert!(found[1].contains("c 3.0.0: names no SPDX licence"));
        assert!(found[2].contains("rsip 9.0.0"));
        assert!(found[3].contains("d 4.0.0"));
    }
}
