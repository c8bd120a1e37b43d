//! One way of writing JSON, so that both sides sign the same octets (RFC 8225 9).

use std::collections::BTreeMap;

use serde_json::Value;

/// Writes a value without blanks and line ends, the keys of each object in the order of their code
/// points (RFC 8225 9). Numbers and texts are as `serde_json` writes them, which escapes no more than
/// it must.
pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// Recursion is bounded by what read the value: `serde_json` refuses more than 128 levels.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            // The map of `serde_json` keeps another order if any crate of the build asks it to.
            let sorted: BTreeMap<_, _> = members.iter().collect();
            out.push('{');
            for (at, (name, value)) in sorted.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_at_each_level_and_no_blank_is_left() {
        // The payload of RFC 8225 9.1, with keys out of order.
        let value = json!({
            "orig": {"tn": "12155551212"},
            "iat": 1_443_208_345,
            "mky": [{"dig": "02:1A", "alg": "sha-256"}],
            "dest": {"uri": ["sip:alice@example.com"]},
        });
        assert_eq!(
            canonical_json(&value),
            r#"{"dest":{"uri":["sip:alice@example.com"]},"iat":1443208345,"mky":[{"alg":"sha-256","dig":"02:1A"}],"orig":{"tn":"12155551212"}}"#
        );
    }

    #[test]
    fn texts_are_escaped_as_json_wants() {
        let value = json!({"b": "\"\\\n", "a": [null, true, -1.5]});
        assert_eq!(
            canonical_json(&value),
            "{\"a\":[null,true,-1.5],\"b\":\"\\\"\\\\\\n\"}"
        );
    }
}
