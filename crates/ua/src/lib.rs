//! gannet-ua
