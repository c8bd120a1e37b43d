@retry.2 @rfc.6665 @rfc.3856 @rfc.3863 @rfc.4480 @rfc.3903 @with.kamailio
Feature: Presence at a foreign server
  Alice publishes, Bob watches. The server puts the notifications together.

  Scenario: what is published is told to who watches
    When Alice sets presence to "Away"
    And Bob subscribes to presence of Alice
    Then Bob receives NOTIFY for presence with state "active"
    And Bob is notified that Alice is away
    When Alice sets presence to "On Vacation"
    Then Bob is notified that Alice is "On Vacation"
    And Bob is notified that Alice is open
    When Bob refreshes the subscription
    And Bob terminates the subscription
    Then Bob receives NOTIFY for presence with state "terminated"

  Scenario: a publication is refreshed, replaced and removed by its entity tag
    When Carol publishes presence for 60 seconds as:
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:carol@kam.test">
        <tuple id="t1"><status><basic>open</basic></status><note>at the desk</note></tuple>
      </presence>
      """
    Then Carol receives 200 to PUBLISH with header SIP-ETag
    And header Expires of 200 received by Carol is "60"
    When Bob subscribes to presence of Carol
    Then Bob is notified that Carol is "at the desk"
    When Carol refreshes its publication
    Then Carol receives 200 to PUBLISH with header SIP-ETag
    # Kamailio's two workers tell of a change that comes at once without saying it.
    And wait 1 second
    When Carol publishes presence as:
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:carol@kam.test">
        <tuple id="t1"><status><basic>closed</basic></status><note>gone home</note></tuple>
      </presence>
      """
    Then Bob is notified that Carol is "gone home"
    And Bob is notified that Carol is closed
    When Carol removes its publication
    Then Carol gets 200

  Scenario: an entity tag that is not known any more
    When Dave sets presence to "Busy"
    And Dave uses a stale ETag
    And Dave refreshes its publication
    Then Dave receives 412 to PUBLISH
    And Dave receives 200 to PUBLISH with header SIP-ETag
    And Dave removes its publication

  Scenario: a lifetime that is too short
    When Bob subscribes to presence of Dave for 2 seconds
    Then Bob receives 423 to SUBSCRIBE with header Min-Expires
    And Bob receives NOTIFY for presence with state "active"

  Scenario: a package that the server does not know
    When Bob subscribes to weather of Alice and is refused with 489
    And Bob publishes weather and is refused with 489:
      """
      sunny
      """
