package queue_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/require"

	"promptbench/internal/model/queue"
)

// startWith starts a server with options of its own.
func startWith(t *testing.T, change func(*server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true}
	change(o)
	s, err := server.NewServer(o)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s
}

func dial(t *testing.T, o queue.Options) error {
	t.Helper()
	c, err := queue.Connect(o)
	if err == nil {
		c.Close()
	}
	return err
}

func TestUserAndPassword(t *testing.T) {
	t.Parallel()
	s := startWith(t, func(o *server.Options) { o.Username, o.Password = "bench", "geheim12" })
	require.NoError(t, dial(t, queue.Options{URL: s.ClientURL(), User: "bench", Password: "geheim12"}))
	require.NoError(t, dial(t, queue.Options{URL: "nats://bench:geheim12@" + s.Addr().String()}))
	err := dial(t, queue.Options{URL: s.ClientURL(), User: "bench", Password: "falsch34"})
	require.ErrorContains(t, err, "Authorization Violation; check --queue-creds, or the user and the password")
	require.NotContains(t, err.Error(), "falsch34")
	require.Error(t, dial(t, queue.Options{URL: s.ClientURL()}))
}

func TestNKey(t *testing.T) {
	t.Parallel()
	pair, err := nkeys.CreateUser()
	require.NoError(t, err)
	public, err := pair.PublicKey()
	require.NoError(t, err)
	seed, err := pair.Seed()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "seed")
	require.NoError(t, os.WriteFile(file, seed, 0o600))
	s := startWith(t, func(o *server.Options) { o.Nkeys = []*server.NkeyUser{{Nkey: public}} })
	require.NoError(t, dial(t, queue.Options{URL: s.ClientURL(), NKey: file}))
	require.Error(t, dial(t, queue.Options{URL: s.ClientURL()}))
	require.ErrorContains(
		t, dial(t, queue.Options{URL: s.ClientURL(), NKey: file + ".missing"}), "reading the seed of the queue's user",
	)
}

func TestCredentialsFile(t *testing.T) {
	t.Parallel()
	public := func(k nkeys.KeyPair) string {
		p, err := k.PublicKey()
		require.NoError(t, err)
		return p
	}
	operator, err := nkeys.CreateOperator()
	require.NoError(t, err)
	account, err := nkeys.CreateAccount()
	require.NoError(t, err)
	system, err := nkeys.CreateAccount()
	require.NoError(t, err)
	user, err := nkeys.CreateUser()
	require.NoError(t, err)
	operatorClaims := jwt.NewOperatorClaims(public(operator))
	operatorClaims.SystemAccount = public(system)
	resolver := &server.MemAccResolver{}
	for _, a := range []nkeys.KeyPair{account, system} {
		claims := jwt.NewAccountClaims(public(a))
		if a == account {
			claims.Limits.JetStreamLimits = jwt.JetStreamLimits{DiskStorage: -1, MemoryStorage: -1, Streams: -1, Consumer: -1}
		}
		token, err := claims.Encode(operator)
		require.NoError(t, err)
		require.NoError(t, resolver.Store(public(a), token))
	}
	userClaims := jwt.NewUserClaims(public(user))
	token, err := userClaims.Encode(account)
	require.NoError(t, err)
	seed, err := user.Seed()
	require.NoError(t, err)
	creds, err := jwt.FormatUserConfig(token, seed)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "worker.creds")
	require.NoError(t, os.WriteFile(file, creds, 0o600))

	s := startWith(t, func(o *server.Options) {
		o.TrustedOperators = []*jwt.OperatorClaims{operatorClaims}
		o.AccountResolver, o.SystemAccount = resolver, public(system)
	})
	require.NoError(t, dial(t, queue.Options{URL: s.ClientURL(), Creds: file}))
	require.Error(t, dial(t, queue.Options{URL: s.ClientURL()}))
}

// certificate makes a certificate for this machine that signs itself.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "queue"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{
			x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth,
		},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	keyDER, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), 0o600))
	return cert, key
}

// Both sides show a certificate, and check the other's.
func TestTLS(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t)
	pair, err := tls.LoadX509KeyPair(cert, key)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	data, err := os.ReadFile(cert)
	require.NoError(t, err)
	require.True(t, pool.AppendCertsFromPEM(data))
	s := startWith(t, func(o *server.Options) {
		o.TLSConfig = &tls.Config{
			Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
			MinVersion: tls.VersionTLS12,
		}
		o.TLSTimeout = 5
	})
	url := "tls://" + s.Addr().String()
	require.NoError(t, dial(t, queue.Options{URL: url, CA: cert, Cert: cert, Key: key}))
	require.Error(t, dial(t, queue.Options{URL: url, CA: cert}), "the server wants a certificate")
	require.Error(t, dial(t, queue.Options{URL: url, Cert: cert, Key: key}), "nobody has signed the server's")
}

func TestServerWithoutJetStream(t *testing.T) {
	t.Parallel()
	s := startWith(t, func(o *server.Options) { o.JetStream = false })
	c, err := queue.Connect(queue.Options{URL: s.ClientURL()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	_, err = c.Open(t.Context(), "run", spec())
	require.ErrorContains(t, err, "start the server with -js")
}
