@rfc.3903
Feature: RFC 3903: publication of event state
  PUBLISH brings a state to the server, which names it by an entity tag. Refreshing, changing and
  removing it name that tag.

  Scenario: published, refreshed, changed, removed
    When Alice publishes presence for 600 seconds as:
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@example.com">
        <tuple id="t1"><status><basic>open</basic></status><note>at the desk</note></tuple>
      </presence>
      """
    Then Alice sends PUBLISH without header SIP-If-Match
    And Alice receives 200 to PUBLISH with header SIP-ETag
    When Alice refreshes its publication
    Then Alice sends PUBLISH with header SIP-If-Match
    And Alice receives 200 to PUBLISH with header SIP-ETag
    When Bob subscribes to presence of Alice
    Then Bob is notified that Alice is "at the desk"
    When Alice publishes presence as:
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@example.com">
        <tuple id="t1"><status><basic>open</basic></status><note>at lunch</note></tuple>
      </presence>
      """
    Then Bob is notified that Alice is "at lunch"
    When Alice removes its publication
    Then Alice gets 200

  @with.kamailio
  Scenario: a server that does not know the tag any more is told everything again
    When Alice sets presence to "Away"
    And Alice uses a stale ETag
    And Alice refreshes its publication
    Then Alice receives 412 to PUBLISH
    And Alice receives 200 to PUBLISH with header SIP-ETag
    When Bob subscribes to presence of Alice
    Then Bob is notified that Alice is Away

  Scenario: a lifetime that is too short is replaced by the server's minimum
    When Alice publishes presence for 2 seconds as:
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice@example.com">
        <tuple id="t1"><status><basic>open</basic></status></tuple>
      </presence>
      """
    Then Alice receives 423 to PUBLISH with header Min-Expires
    And Alice sends PUBLISH with header Expires equal to "5"
    And Alice receives 200 to PUBLISH with header SIP-ETag

  @with.kamailio
  Scenario: an unknown package is refused
    When Alice publishes weather and is refused with 489:
      """
      sunny
      """
    Then Alice receives 489 to PUBLISH with header Allow-Events
