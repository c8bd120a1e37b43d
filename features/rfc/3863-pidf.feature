@rfc.3863
Feature: RFC 3863: presence documents
  A presence document says of each way to reach somebody whether it is open, with remarks for people.

  @with.kamailio
  Scenario: a document is open, names whom it is about, and may be read by machines
    When Alice sets presence to "Away"
    And Bob subscribes to presence of Alice
    Then Bob receives NOTIFY with header Content-Type matching /^application\/pidf\+xml/
    And body of NOTIFY matches /urn:ietf:params:xml:ns:pidf/
    And Bob is notified that Alice is open

  @with.kamailio
  Scenario: remarks keep what XML must escape
    When Alice sets presence to "a < b & c"
    And Bob subscribes to presence of Alice
    Then Bob is notified that Alice is "a < b & c"
