@rfc.3323 @rfc.3325 @with.sipp
Feature: Who SIPp must not learn of
  `3323-privacy.xml` is Bob of the embedded server.

  Scenario: the server hides who calls
    When Alice calls "bob" with privacy "user;id;critical"
    Then the call fails with 486
