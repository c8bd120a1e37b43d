//! Settings made ready for connections.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::{Resumption, UnbufferedClientConnection};
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::Ticketer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{NoServerSessionStorage, UnbufferedServerConnection};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, Error, InconsistentKeys, KeyLog, ServerConfig};

use super::key_log::KeyLogFile;
use super::provider::provider;
use super::settings::{TlsError, TlsSettings};
use super::verify::{AnyServer, Authorities, CheckedClient, CheckedServer};

/// Sessions that clients can resume, by server name.
const SESSIONS_MAX: usize = 1024;

/// The client's side of TLS, for any number of connections on any threads. Copies share the
/// sessions that can be resumed.
#[derive(Clone)]
pub struct TlsClient {
    config: Arc<ClientConfig>,
    name: Option<ServerName<'static>>,
}

/// The server's side of TLS, for any number of listeners on any threads. Copies take each other's
/// sessions up.
#[derive(Clone)]
pub struct TlsServer {
    config: Arc<ServerConfig>,
}

impl TlsClient {
    /// Makes a client of the settings.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: &TlsSettings) -> Result<Self, TlsError> {
        let provider = provider();
        let name = settings.server_name.as_ref().map(|name| {
            ServerName::try_from(name.clone())
                .map_err(|_| TlsError::ServerName { name: name.clone() })
        });
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(settings.versions.list())
            .map_err(|error| refused(&error))?
            .dangerous();
        let builder = match authorities(settings)? {
            None => builder.with_custom_certificate_verifier(Arc::new(AnyServer::new(&provider))),
            Some(authorities) => {
                let check = CheckedServer::new(&provider, authorities, settings.check_name)?;
                builder.with_custom_certificate_verifier(Arc::new(check))
            }
        };
        let mut config = match own_certificate(settings, &provider)? {
            None => builder.with_no_client_auth(),
            Some(own) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own))),
        };
        config.resumption = if settings.full_handshakes {
            Resumption::disabled()
        } else {
            Resumption::in_memory_sessions(SESSIONS_MAX)
        };
        if let Some(log) = key_log(settings)? {
            config.key_log = log;
        }
        Ok(Self {
            config: Arc::new(config),
            name: name.transpose()?,
        })
    }

    /// A connection to a server at this address.
    pub(super) fn connection(&self, address: IpAddr) -> Result<UnbufferedClientConnection, Error> {
        let name = self.name.clone();
        let name = name.unwrap_or_else(|| ServerName::IpAddress(address.into()));
        UnbufferedClientConnection::new(self.config.clone(), name)
    }
}

impl TlsServer {
    /// Makes a server of the settings.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(settings: &TlsSettings) -> Result<Self, TlsError> {
        let provider = provider();
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(settings.versions.list())
            .map_err(|error| refused(&error))?;
        let builder = match authorities(settings)? {
            None => builder.with_no_client_auth(),
            Some(authorities) => {
                let check = CheckedClient::new(&provider, authorities)?;
                builder.with_client_cert_verifier(Arc::new(check))
            }
        };
        let own = own_certificate(settings, &provider)?.ok_or(TlsError::NoCertificate)?;
        let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(own)));
        // Sessions live in tickets with their clients, whatever thread they come back to.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        if settings.full_handshakes {
            config.send_tls13_tickets = 0;
        } else {
            config.ticketer = Ticketer::new().map_err(|error| refused(&error))?;
        }
        if let Some(log) = key_log(settings)? {
            config.key_log = log;
        }
        Ok(Self {
            config: Arc::new(config),
        })
    }

    pub(super) fn connection(&self) -> Result<UnbufferedServerConnection, Error> {
        UnbufferedServerConnection::new(self.config.clone())
    }
}

impl fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsClient")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TlsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsServer").finish_non_exhaustive()
    }
}

/// Certificate and key, if there are any.
fn own_certificate(
    settings: &TlsSettings,
    provider: &CryptoProvider,
) -> Result<Option<CertifiedKey>, TlsError> {
    if settings.certificates.is_empty() && settings.key.is_empty() {
        return Ok(None);
    }
    let chain: Vec<CertificateDer<'static>> = all("certificate", &settings.certificates)?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate);
    }
    let key = match PrivateKeyDer::from_pem_slice(&settings.key) {
        Ok(key) => key,
        Err(_) if is_encrypted(&settings.key) => return Err(TlsError::KeyEncrypted),
        Err(pem::Error::NoItemsFound) => return Err(TlsError::Empty { what: "key" }),
        Err(error) => return Err(broken("key", &error)),
    };
    let key = provider.key_provider.load_private_key(key);
    let key = key.map_err(|error| TlsError::KeyRefused {
        why: error.to_string(),
    })?;
    let own = CertifiedKey::new(chain, key);
    match own.keys_match() {
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => Err(TlsError::KeyMismatch),
        // Whether a certificate of an old form does is for the other end to say.
        _ => Ok(Some(own)),
    }
}

fn authorities(settings: &TlsSettings) -> Result<Option<Authorities>, TlsError> {
    let Some(certificates) = &settings.authorities else {
        return match settings.revocations {
            None => Ok(None),
            Some(_) => Err(TlsError::RevocationsAlone),
        };
    };
    let certificates = all("CA", certificates)?;
    if certificates.is_empty() {
        return Err(TlsError::Empty { what: "CA" });
    }
    let revocations = match &settings.revocations {
        None => Vec::new(),
        Some(file) => {
            let lists = all("CRL", file)?;
            if lists.is_empty() {
                return Err(TlsError::Empty { what: "CRL" });
            }
            lists
        }
    };
    Ok(Some(Authorities {
        certificates,
        revocations,
    }))
}

/// Everything of one kind in a file.
fn all<T: PemObject>(what: &'static str, file: &[u8]) -> Result<Vec<T>, TlsError> {
    T::pem_slice_iter(file)
        .collect::<Result<_, _>>()
        .map_err(|error| broken(what, &error))
}

fn key_log(settings: &TlsSettings) -> Result<Option<Arc<dyn KeyLog>>, TlsError> {
    let Some(path) = &settings.key_log else {
        return Ok(None);
    };
    Ok(Some(Arc::new(KeyLogFile::open(path)?)))
}

/// PKCS #8 says it in its label (RFC 7468 11), older files in a header (RFC 1421 4.6.1.1).
fn is_encrypted(key: &[u8]) -> bool {
    const MARK: &[u8] = b"ENCRYPTED";
    key.windows(MARK.len()).any(|window| window == MARK)
}

fn broken(what: &'static str, error: &pem::Error) -> TlsError {
    TlsError::Pem {
        what,
        why: error.to_string(),
    }
}

fn refused(error: &Error) -> TlsError {
    TlsError::Refused {
        why: error.to_string(),
    }
}
