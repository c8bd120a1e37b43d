//! What a token says (RFC 8225 4 and 5, RFC 8588, RFC 8443, RFC 8946).

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::claims::{Attestation, Party};

/// Header and claims of a token, taken apart. What it does not know stays in `other_header` and
/// `other_claims`, and is written back.
#[derive(Debug, Clone, PartialEq)]
pub struct Passport {
    /// `alg`.
    pub alg: String,
    /// `ppt`: which extension it is; none for the base form.
    pub ppt: Option<String>,
    /// `x5u`: where the certificate is.
    pub x5u: String,
    /// `orig`.
    pub orig: Party,
    /// `dest`: one or more.
    pub dest: Vec<Party>,
    /// `iat`: seconds since 1970 began.
    pub iat: u64,
    /// `attest` (RFC 8588 4).
    pub attest: Option<Attestation>,
    /// `origid` (RFC 8588 5).
    pub origid: Option<String>,
    /// `div`: whom the call was for before it was diverted (RFC 8946 4).
    pub div: Option<Party>,
    /// `rph`, its `auth` list: the values of Resource-Priority (RFC 8443 3).
    pub rph: Option<Vec<String>>,
    /// More parameters of the header.
    pub other_header: Map<String, Value>,
    /// More claims.
    pub other_claims: Map<String, Value>,
}

/// What a token lacks or has wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PassportError {
    /// A member that must be there is not.
    #[error("the {part} has no `{name}` ({rule})")]
    Missing {
        /// `header` or `claims`.
        part: &'static str,
        /// Which member.
        name: &'static str,
        /// By which rule.
        rule: &'static str,
    },
    /// A member has another form.
    #[error("`{name}` is not {expected} ({rule})")]
    Form {
        /// Which member.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
        /// By which rule.
        rule: &'static str,
    },
}

const fn missing(part: &'static str, name: &'static str, rule: &'static str) -> PassportError {
    PassportError::Missing { part, name, rule }
}

const fn form(name: &'static str, expected: &'static str, rule: &'static str) -> PassportError {
    PassportError::Form {
        name,
        expected,
        rule,
    }
}

impl Passport {
    /// A token of the base form: who calls whom, when, and where the certificate is.
    pub fn new(x5u: &str, orig: Party, dest: Vec<Party>, iat: u64) -> Self {
        Self {
            alg: "ES256".to_owned(),
            ppt: None,
            x5u: x5u.to_owned(),
            orig,
            dest,
            iat,
            attest: None,
            origid: None,
            div: None,
            rph: None,
            other_header: Map::new(),
            other_claims: Map::new(),
        }
    }

    /// Takes header and claims apart.
    pub fn from_json(header: &Value, claims: &Value) -> Result<Self, PassportError> {
        let (mut header, mut claims) = (object(header), object(claims));
        let typ = take_text(&mut header, "typ", "RFC 8225 4.1")?;
        if typ.as_deref() != Some("passport") {
            return Err(form("typ", "`passport`", "RFC 8225 4.1"));
        }
        let alg = take_text(&mut header, "alg", "RFC 8225 4.2")?;
        let x5u = take_text(&mut header, "x5u", "RFC 8225 4.3")?;
        let ppt = take_text(&mut header, "ppt", "RFC 8225 8.1")?;
        let iat = claims.remove("iat");
        let iat = iat.ok_or(missing("claims", "iat", "RFC 8225 5.1.1"))?;
        let orig = claims.remove("orig");
        let orig = orig.ok_or(missing("claims", "orig", "RFC 8225 5.2.1"))?;
        let dest = claims.remove("dest");
        let dest = dest.ok_or(missing("claims", "dest", "RFC 8225 5.2.1"))?;
        Ok(Self {
            alg: alg.ok_or(missing("header", "alg", "RFC 8225 4.2"))?,
            ppt,
            x5u: x5u.ok_or(missing("header", "x5u", "RFC 8225 4.3"))?,
            orig: one_party("orig", &orig, "RFC 8225 5.2.1")?,
            dest: parties(&dest)?,
            iat: seconds(&iat)?,
            attest: attestation(&mut claims)?,
            origid: take_text(&mut claims, "origid", "RFC 8588 5")?,
            div: claims
                .remove("div")
                .map(|div| one_party("div", &div, "RFC 8946 4"))
                .transpose()?,
            rph: claims
                .remove("rph")
                .map(|rph| auth_list(&rph))
                .transpose()?,
            other_header: header,
            other_claims: claims,
        })
    }

    /// The header.
    pub fn header_json(&self) -> Value {
        let mut header = self.other_header.clone();
        header.insert("alg".to_owned(), json!(self.alg));
        header.insert("typ".to_owned(), json!("passport"));
        header.insert("x5u".to_owned(), json!(self.x5u));
        if let Some(ppt) = &self.ppt {
            header.insert("ppt".to_owned(), json!(ppt));
        }
        header.into()
    }

    /// The claims.
    pub fn claims_json(&self) -> Value {
        let mut claims = self.other_claims.clone();
        claims.insert("orig".to_owned(), self.orig.to_json());
        claims.insert("dest".to_owned(), dest_json(&self.dest));
        claims.insert("iat".to_owned(), json!(self.iat));
        let optional = [
            ("attest", self.attest.map(|attest| json!(attest.as_str()))),
            ("origid", self.origid.as_ref().map(|origid| json!(origid))),
            ("div", self.div.as_ref().map(Party::to_json)),
            ("rph", self.rph.as_ref().map(|auth| json!({ "auth": auth }))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                claims.insert(name.to_owned(), value);
            }
        }
        claims.into()
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn take_text(
    from: &mut Map<String, Value>,
    name: &'static str,
    rule: &'static str,
) -> Result<Option<String>, PassportError> {
    match from.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(form(name, "a text", rule)),
    }
}

/// A number; the tokens of RFC 8225 7.1 and RFC 8588 6 have it in quotes, against RFC 8225 5.1.1
/// (errata 5985 and 6656), and so some signers do.
fn seconds(value: &Value) -> Result<u64, PassportError> {
    let quoted = || value.as_str()?.parse().ok();
    // NumericDate may have a fraction (RFC 7519 2).
    let fraction = || value.as_f64().filter(|s| *s >= 0.0).map(|s| s as u64);
    let read = value.as_u64().or_else(quoted).or_else(fraction);
    read.ok_or(form("iat", "a number of seconds", "RFC 8225 5.1.1"))
}

fn attestation(claims: &mut Map<String, Value>) -> Result<Option<Attestation>, PassportError> {
    match take_text(claims, "attest", "RFC 8588 4")? {
        None => Ok(None),
        Some(text) => Attestation::read(&text).map(Some).ok_or(form(
            "attest",
            "`A`, `B` or `C`",
            "RFC 8588 4",
        )),
    }
}

/// `{"tn":"…"}` or `{"uri":"…"}`; other members, such as `hi` of RFC 8946 4.1, are passed over.
fn one_party(
    name: &'static str,
    value: &Value,
    rule: &'static str,
) -> Result<Party, PassportError> {
    let text = |member| value.get(member).and_then(Value::as_str).map(str::to_owned);
    match (text("tn"), text("uri")) {
        (Some(tn), None) => Ok(Party::Tn(tn)),
        (None, Some(uri)) => Ok(Party::Uri(uri)),
        _ => Err(form(name, "an object with either `tn` or `uri`", rule)),
    }
}

/// `{"tn":["…"],"uri":["…"]}`, at least one in all (RFC 8225 5.2.1).
fn parties(value: &Value) -> Result<Vec<Party>, PassportError> {
    const WRONG: PassportError = form(
        "dest",
        "an object with lists of texts, `tn` or `uri`",
        "RFC 8225 5.2.1",
    );
    let list = |member: &str, party: fn(String) -> Party| match value.get(member) {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .map(|text| party(text.to_owned()))
                    .ok_or(WRONG)
            })
            .collect::<Result<Vec<_>, _>>(),
        Some(_) => Err(WRONG),
    };
    let mut all = list("tn", Party::Tn)?;
    all.extend(list("uri", Party::Uri)?);
    if all.is_empty() { Err(WRONG) } else { Ok(all) }
}

fn dest_json(dest: &[Party]) -> Value {
    let mut object = Map::new();
    for party in dest {
        let (name, text) = match party {
            Party::Tn(number) => ("tn", number),
            Party::Uri(uri) => ("uri", uri),
        };
        let list = object.entry(name).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(json!(text));
        }
    }
    object.into()
}

/// `{"auth":["ets.0","wps.0"]}` (RFC 8443 3).
fn auth_list(value: &Value) -> Result<Vec<String>, PassportError> {
    let list = value.get("auth").and_then(Value::as_array);
    let list = list.and_then(|list| {
        list.iter()
            .map(|value| value.as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
    });
    list.ok_or(form("rph", "an object with the list `auth`", "RFC 8443 3"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_shaken_is_read_and_written_back() {
        // RFC 8588 6, as erratum 6656 has it; the document signs it nowhere.
        let header = json!({"alg": "ES256", "typ": "passport", "ppt": "shaken",
            "x5u": "https://cert.example.org/passport.cer"});
        let claims = json!({"attest": "A", "dest": {"tn": ["12155550131"]}, "iat": 1_443_208_345,
            "orig": {"tn": "12155550121"}, "origid": "123e4567-e89b-12d3-a456-426655440000"});
        let passport = Passport::from_json(&header, &claims).expect("a token");
        assert_eq!(passport.attest, Some(Attestation::A));
        assert_eq!(passport.dest, [Party::Tn("12155550131".into())]);
        assert_eq!(
            (passport.header_json(), passport.claims_json()),
            (header, claims)
        );
    }

    #[test]
    fn what_is_missing_or_wrong_has_a_name() {
        let header = json!({"alg": "ES256", "typ": "passport", "x5u": "u"});
        let claims = json!({"orig": {"tn": "1"}, "dest": {"tn": ["2"]}, "iat": 1});
        assert!(Passport::from_json(&header, &claims).is_ok());
        let with = |part: &Value, name: &str, value: Value| {
            let mut part = part.clone();
            part[name] = value;
            part
        };
        for (header, claims, expected) in [
            (
                with(&header, "typ", json!("JWT")),
                claims.clone(),
                "`typ` is not `passport`",
            ),
            (
                with(&header, "alg", json!(1)),
                claims.clone(),
                "`alg` is not a text",
            ),
            (
                json!({"alg": "ES256", "typ": "passport"}),
                claims.clone(),
                "no `x5u`",
            ),
            (header.clone(), json!({"orig": {}, "dest": {}}), "no `iat`"),
            (
                header.clone(),
                with(&claims, "iat", json!("soon")),
                "`iat` is not a number",
            ),
            (
                header.clone(),
                with(&claims, "iat", json!(-1)),
                "`iat` is not a number",
            ),
            (
                header.clone(),
                with(&claims, "dest", json!({"tn": "2"})),
                "`dest` is not",
            ),
            (
                header.clone(),
                with(&claims, "dest", json!({"tn": []})),
                "`dest` is not",
            ),
            (
                header.clone(),
                with(&claims, "orig", json!({"tn": "1", "uri": "u"})),
                "`orig` is",
            ),
            (
                header.clone(),
                with(&claims, "attest", json!("D")),
                "`attest` is not `A`",
            ),
            (
                header.clone(),
                with(&claims, "rph", json!({"auth": 1})),
                "`rph` is not",
            ),
        ] {
            let error = Passport::from_json(&header, &claims).expect_err(expected);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
