@rfc.3903 @rfc.3856 @rfc.3863 @rfc.6665 @with.sipp
Feature: Presence of SIPp, and for SIPp
  Through the embedded server: `3903-publisher.xml` is Carol, `3856-watcher.xml` watches Alice.

  Scenario: Bob watches Carol
    When Bob subscribes to presence of "carol"
    Then Bob is notified that "carol" is "at the desk" within 20 seconds
    And Bob is notified that "carol" is "gone home" within 20 seconds
    And Bob is notified that "carol" is closed

  Scenario: Alice is watched
    When Alice sets presence to "Away"
    Then Alice has received 200 to PUBLISH
