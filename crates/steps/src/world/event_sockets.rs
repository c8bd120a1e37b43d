//! Where the event sockets of servers are.

use std::env;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use gannet_events::{Failure, FailureClass};

use super::server::Server;
use super::state::World;
use crate::config::{HostPort, ServerConfig};

/// The port that FreeSWITCH's event socket has unless configured otherwise.
const PORT: u16 = 8021;
/// Its password unless configured otherwise.
const PASSWORD: &str = "ClueCon";
/// The variable of the environment that pysiptest's users set to the password.
const PASSWORD_VARIABLE: &str = "FSES_PASSWORD";

impl World {
    /// Address and password of a server's event socket. The embedded server opens its own, on the
    /// loopback interface, and goes by any name that the configuration gives to no other server.
    pub(crate) async fn event_socket_of(
        &self,
        name: &str,
    ) -> Result<(SocketAddr, String), Failure> {
        let usual = || env::var(PASSWORD_VARIABLE).unwrap_or_else(|_| PASSWORD.to_owned());
        let config = self.surroundings.config();
        if let Some(server) = config.servers.get(name) {
            let address = self.look_up(server).await?;
            let password = server.event_socket_password.clone();
            return Ok((address, password.unwrap_or_else(usual)));
        }
        let Server::Embedded(pbx) = self.server() else {
            let known: Vec<_> = config.servers.keys().map(String::as_str).collect();
            let summary = format!("there is no server `{name}`");
            return Err(Failure::new(FailureClass::Misuse, summary)
                .detail(format!("gannet.toml has: {}", known.join(", "))));
        };
        let (bind, password) = (SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0), usual());
        let opened = pbx.open_event_socket(bind, &password).await;
        let address =
            opened.map_err(|error| Failure::new(FailureClass::Environment, error.to_string()))?;
        Ok((address, password))
    }

    async fn look_up(&self, server: &ServerConfig) -> Result<SocketAddr, Failure> {
        let at = server.event_socket.clone().unwrap_or_else(|| HostPort {
            host: server.address.host.clone(),
            port: None,
        });
        let port = at.port.unwrap_or(PORT);
        if let Ok(ip) = at.host.parse::<IpAddr>() {
            return Ok(SocketAddr::new(ip, port));
        }
        let lookup = tokio::net::lookup_host((at.host.as_str(), port));
        let found = tokio::time::timeout(self.signalling_default(), lookup).await;
        let address = found
            .ok()
            .and_then(Result::ok)
            .and_then(|mut all| all.next());
        address.ok_or_else(|| {
            let summary = format!(
                "cannot find the address of `{}`, the event socket of server {}",
                at, server.name
            );
            Failure::new(FailureClass::Environment, summary)
        })
    }
}
