//! How TLS is spoken, as the command line says it.

use std::net::IpAddr;
use std::path::Path;

use gannet_net::load::{TlsClient, TlsServer, TlsSettings, TlsVersions};
use gannet_traffic::sipp::Protocol;

use super::arguments::{Arguments, Tls};
use super::error::SippError;
use super::traffic::TlsSides;

/// How TLS is spoken; `None` with another transport. A caller may have no certificate.
pub(super) fn tls_sides(
    arguments: &Arguments,
    is_client: bool,
) -> Result<Option<TlsSides>, SippError> {
    if arguments.transport.protocol != Protocol::Tls {
        return Ok(None);
    }
    let tls = &arguments.tls;
    let usual = Tls::default();
    let is_named = (&tls.certificate, &tls.key) != (&usual.certificate, &usual.key);
    let wants_certificate = !is_client || is_named || Path::new(&tls.certificate).exists();
    let settings = TlsSettings {
        certificates: own(wants_certificate, "certificate", &tls.certificate)?,
        key: own(wants_certificate, "key", &tls.key)?,
        authorities: optional("file of authorities", tls.authority.as_ref())?,
        revocations: optional("list of revoked certificates", tls.revoked.as_ref())?,
        versions: match &tls.version {
            Some(version) => version.parse().map_err(SippError::Tls)?,
            None => TlsVersions::Any,
        },
        server_name: arguments
            .hosts
            .remote
            .as_ref()
            .map(|remote| remote.host.clone())
            .filter(|host| host.parse::<IpAddr>().is_err()),
        key_log: std::env::var_os("SSLKEYLOGFILE").map(Into::into),
        ..TlsSettings::default()
    };
    Ok(Some(TlsSides {
        client: TlsClient::new(&settings).map_err(SippError::Tls)?,
        server: wants_certificate
            .then(|| TlsServer::new(&settings))
            .transpose()
            .map_err(SippError::Tls)?,
    }))
}

fn own(wanted: bool, what: &'static str, path: &str) -> Result<Vec<u8>, SippError> {
    if wanted {
        read(what, path)
    } else {
        Ok(Vec::new())
    }
}

fn optional(what: &'static str, path: Option<&String>) -> Result<Option<Vec<u8>>, SippError> {
    path.map(|path| read(what, path)).transpose()
}

fn read(what: &'static str, path: &str) -> Result<Vec<u8>, SippError> {
    std::fs::read(path).map_err(|source| SippError::Read {
        what,
        path: path.to_owned(),
        source,
    })
}
