//! `gannet stir show`.

use std::path::Path;

use clap::Args;
use gannet_events::ExitCode;
use gannet_sip::date_text;
use gannet_stir::{Certificate, Chain, IdentityField, SigningKey, VerifyingKey};
use serde_json::{Value, json};

use super::files;
use crate::problem::Problem;

/// Show what a token says, or what is in a file with certificates or a key. Verifies nothing.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// A file, the value of an Identity, or a token.
    #[arg(value_name = "FILE|IDENTITY")]
    what: String,

    /// Write JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn execute(arguments: &ShowArguments) -> Result<ExitCode, Problem> {
    let path = Path::new(&arguments.what);
    // A token has two dots and no folder; a file that is there is a file.
    let token = IdentityField::read(&arguments.what);
    let value = match token {
        Ok(field) if !path.exists() => of_token(&field)?,
        Err(error) if !path.exists() && arguments.what.matches('.').count() > 1 => {
            return Err(files::usage(format!(
                "this is neither a file nor a token: {error}"
            )));
        }
        _ => of_file(path)?,
    };
    if arguments.json {
        files::say(&format!("{value:#}"));
    } else {
        files::say(&as_text(&value, 0));
    }
    Ok(ExitCode::Passed)
}

fn of_token(field: &IdentityField) -> Result<Value, Problem> {
    let (header, claims) = if field.token.is_compact() {
        (Value::Null, Value::Null)
    } else {
        field.token.json().map_err(Problem::input)?
    };
    Ok(json!({
        "form": if field.token.is_compact() { "compact" } else { "full" },
        "info": field.info,
        "alg": field.alg,
        "ppt": field.ppt,
        "header": header,
        "claims": claims,
        "signature octets": field.token.signature.len(),
    }))
}

fn of_file(path: &Path) -> Result<Value, Problem> {
    let octets = files::read("the file", path)?;
    if let Ok(chain) = Chain::read(&octets) {
        let all: Vec<_> = chain.certificates.iter().map(of_certificate).collect();
        return Ok(json!({ "certificates": all }));
    }
    if SigningKey::read(&octets).is_ok() {
        return Ok(json!({ "private key": "P-256, for ES256" }));
    }
    if VerifyingKey::read(&octets).is_ok() {
        return Ok(json!({ "public key": "P-256, for ES256" }));
    }
    let text = String::from_utf8_lossy(&octets);
    if let Ok(field) = IdentityField::read(text.trim()) {
        return of_token(&field);
    }
    let what = "no certificate, no key on P-256, and no token";
    Err(files::usage(format!(
        "there is {what} in `{}`",
        path.display()
    )))
}

fn of_certificate(certificate: &Certificate) -> Value {
    let list = match &certificate.tn_auth_list {
        None => Value::Null,
        Some(Ok(list)) => list.entries.iter().map(ToString::to_string).collect(),
        Some(Err(error)) => json!(format!("unreadable: {error}")),
    };
    let date = |at: i64| u64::try_from(at).map_or_else(|_| at.to_string(), date_text);
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial,
        "from": date(certificate.not_before),
        "until": date(certificate.not_after),
        "authority": certificate.is_authority,
        "key for ES256": certificate.key.is_some(),
        "speaks for": list,
        "domains": certificate.domains,
    })
}

/// The value as indented lines of name and text; what is empty is left out.
fn as_text(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let mut lines = Vec::new();
    let Value::Object(members) = value else {
        return match value {
            Value::String(text) => format!("{indent}{text}"),
            Value::Array(all) => {
                let all: Vec<_> = all.iter().map(|one| as_text(one, depth)).collect();
                all.join("\n")
            }
            other => format!("{indent}{other}"),
        };
    };
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::Array(all) if all.is_empty() => {}
            Value::Object(_) | Value::Array(_) => {
                lines.push(format!("{indent}{name}:"));
                lines.push(as_text(value, depth + 1));
            }
            Value::String(text) => lines.push(format!("{indent}{name}: {text}")),
            other => lines.push(format!("{indent}{name}: {other}")),
        }
    }
    lines.join("\n")
}
